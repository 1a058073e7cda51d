#include "inference/face_detector.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <openvino/core/shape.hpp>
#include <openvino/core/type/element_type.hpp>
#include <openvino/runtime/infer_request.hpp>
#include <openvino/runtime/tensor.hpp>

#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/image_view.hpp"
#include "inference/openvino_session.hpp"
#include "inference/session.hpp"
#include "inference/yunet_decode.hpp"
#include "inference/yunet_graph.hpp"
#include "inference/yunet_weights.hpp"

namespace notify {
namespace {

constexpr int kStep = 32;
constexpr int kLargestSide = 4096;
constexpr int kChannels = 3;
constexpr std::array<int, 3> kStrides{8, 16, 32};

int RoundUp(int size) {
    return (size + kStep - 1) / kStep * kStep;
}

void CopyRow(const std::uint8_t* from, std::uint8_t* to, int width, ChannelOrder order) {
    const std::size_t bytes = static_cast<std::size_t>(width) * kChannels;
    if (order == ChannelOrder::kBgr) {
        std::memcpy(to, from, bytes);
        return;
    }
    for (std::size_t i = 0; i < bytes; i += kChannels) {
        to[i] = from[i + 2];
        to[i + 1] = from[i + 1];
        to[i + 2] = from[i];
    }
}

/// Copies the image to the top left of the tensor and blackens the rest.
void Fill(ov::Tensor& tensor, const ImageView& image) {
    const int width = RoundUp(image.width);
    const int height = RoundUp(image.height);
    auto* to = tensor.data<std::uint8_t>();
    const std::size_t row_bytes = static_cast<std::size_t>(width) * kChannels;
    const std::size_t image_bytes = static_cast<std::size_t>(image.width) * kChannels;
    for (int row = 0; row < height; ++row, to += row_bytes) {
        if (row < image.height) {
            CopyRow(image.pixels + (row * image.stride_bytes), to, image.width, image.order);
            std::fill(to + image_bytes, to + row_bytes, std::uint8_t{0});
        } else {
            std::fill_n(to, row_bytes, std::uint8_t{0});
        }
    }
}

Result<void> CheckLayers(const YunetWeights& weights) {
    for (const YunetLayer& layer : YunetLayers()) {
        const auto found = weights.find(layer.name);
        if (found == weights.end()) {
            return Fail(ErrorCode::kInvalidArgument, "the face detector lacks layer " + layer.name);
        }
        const YunetConvolution& given = found->second;
        const std::size_t count = std::size_t{layer.outputs} * layer.inputs * layer.side * layer.side;
        if (given.outputs != layer.outputs || given.inputs != layer.inputs || given.side != layer.side ||
            given.groups != layer.groups || given.weights.size() != count ||
            given.biases.size() != layer.outputs) {
            return Fail(
                ErrorCode::kInvalidArgument, "the face detector's layer has the wrong size: " + layer.name
            );
        }
    }
    return {};
}

}  // namespace

struct FaceDetector::Compiled {
    ov::CompiledModel model;
    ov::InferRequest request;

    std::vector<YunetPlanes> Run(const ImageView& image) {
        const auto height = static_cast<std::size_t>(RoundUp(image.height));
        const auto width = static_cast<std::size_t>(RoundUp(image.width));
        const ov::Shape shape{1, height, width, kChannels};
        ov::Tensor input = request.get_input_tensor();
        if (input.get_shape() != shape) {
            input = ov::Tensor(ov::element::u8, shape);
            request.set_input_tensor(input);
        }
        Fill(input, image);
        request.infer();
        std::vector<YunetPlanes> levels;
        for (std::size_t i = 0; i < kStrides.size(); ++i) {
            const ov::Tensor output = request.get_output_tensor(i);
            levels.push_back(
                {.stride = kStrides.at(i),
                 .rows = static_cast<int>(output.get_shape().at(2)),
                 .columns = static_cast<int>(output.get_shape().at(3)),
                 .values = std::span(output.data<const float>(), output.get_size())}
            );
        }
        return levels;
    }
};

FaceDetector::FaceDetector(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}

FaceDetector::~FaceDetector() = default;
FaceDetector::FaceDetector(FaceDetector&&) noexcept = default;
FaceDetector& FaceDetector::operator=(FaceDetector&&) noexcept = default;

Result<FaceDetector> FaceDetector::Create(const YunetWeights& weights, const SessionOptions& options) {
    if (Result<void> complete = CheckLayers(weights); !complete) {
        return Unexpected(complete.error());
    }
    return WithoutExceptions("build the face detector", [&] {
        auto compiled = std::make_unique<Compiled>();
        compiled->model = Compile(BuildYunet(weights), options);
        compiled->request = compiled->model.create_infer_request();
        // Makes the runtime create its threads and machine code now, before the process is locked down.
        const std::vector<std::uint8_t> black(std::size_t{640} * 384 * kChannels);
        compiled->Run(
            {.pixels = black.data(),
             .width = 640,
             .height = 384,
             .stride_bytes = std::ptrdiff_t{640} * kChannels}
        );
        return FaceDetector(std::move(compiled));
    });
}

Result<std::vector<YunetPlanes>> FaceDetector::Run(const ImageView& image) {
    if (!IsReadable(image) || image.width > kLargestSide || image.height > kLargestSide) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("an image of {}×{} cannot be searched for faces", image.width, image.height)
        );
    }
    return WithoutExceptions("detect faces", [&] { return compiled_->Run(image); });
}

Result<std::vector<DetectedFace>> FaceDetector::Detect(
    const ImageView& image, const DetectionLimits& limits
) {
    const Result<std::vector<YunetPlanes>> levels = Run(image);
    if (!levels) {
        return Unexpected(levels.error());
    }
    return SuppressOverlaps(DecodeYunet(*levels, limits.least_score), limits);
}

}  // namespace notify
