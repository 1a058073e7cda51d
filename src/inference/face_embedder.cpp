#include "inference/face_embedder.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <memory>
#include <span>
#include <utility>
#include <variant>
#include <vector>

#include <openvino/core/shape.hpp>
#include <openvino/core/type/element_type.hpp>
#include <openvino/runtime/infer_request.hpp>
#include <openvino/runtime/tensor.hpp>

#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/dlib_network.hpp"
#include "inference/face_chip.hpp"
#include "inference/openvino_session.hpp"
#include "inference/resnet_graph.hpp"
#include "inference/session.hpp"

namespace notify {
namespace {

constexpr std::size_t kChipBytes = std::size_t{kFaceChipSide} * kFaceChipSide * 3;
constexpr std::size_t kLargestBatch = 8;  ///< larger ones are no faster and hold more memory

}  // namespace

struct FaceEmbedder::Compiled {
    ov::CompiledModel model;
    ov::InferRequest request;

    void Run(std::span<const FaceChip> chips, std::vector<FaceEmbedding>& embeddings) {
        const ov::Shape shape{chips.size(), kFaceChipSide, kFaceChipSide, 3};
        ov::Tensor input = request.get_input_tensor();
        if (input.get_shape() != shape) {
            input = ov::Tensor(ov::element::u8, shape);
            request.set_input_tensor(input);
        }
        auto* to = input.data<std::uint8_t>();
        for (const FaceChip& chip : chips) {
            to = std::ranges::copy(chip.rgb, to).out;
        }
        request.infer();
        const ov::Tensor output = request.get_output_tensor(0);
        const auto* from = output.data<const float>();
        for (std::size_t i = 0; i < chips.size(); ++i, from += kFaceEmbeddingSize) {
            std::copy_n(from, kFaceEmbeddingSize, embeddings.emplace_back().begin());
        }
    }
};

FaceEmbedder::FaceEmbedder(std::unique_ptr<Compiled> compiled) : compiled_(std::move(compiled)) {}

FaceEmbedder::~FaceEmbedder() = default;
FaceEmbedder::FaceEmbedder(FaceEmbedder&&) noexcept = default;
FaceEmbedder& FaceEmbedder::operator=(FaceEmbedder&&) noexcept = default;

Result<FaceEmbedder> FaceEmbedder::Create(DlibNetwork network, const SessionOptions& options) {
    if (network.rows != kFaceChipSide || network.columns != kFaceChipSide) {
        return Fail(ErrorCode::kInvalidArgument, "the face embedding network is not one for 150×150 pixels");
    }
    const auto* last =
        network.layers.empty() ? nullptr : std::get_if<FullyConnectedLayer>(&network.layers.back());
    if (last == nullptr || last->outputs != kFaceEmbeddingSize) {
        return Fail(ErrorCode::kInvalidArgument, "the face embedding network does not give 128 numbers");
    }
    auto built = WithoutExceptions("build the face embedding network", [&] {
        return BuildDlibGraph(std::move(network));
    });
    if (!built || !*built) {
        return Unexpected(built ? built->error() : built.error());
    }
    return WithoutExceptions("compile the face embedding network", [&] {
        auto compiled = std::make_unique<Compiled>();
        compiled->model = Compile(**built, options);
        compiled->request = compiled->model.create_infer_request();
        // Makes the runtime create its threads and machine code now, before the process is locked down.
        std::vector<FaceEmbedding> ignored;
        compiled->Run(
            std::vector<FaceChip>(2, FaceChip{.rgb = std::vector<std::uint8_t>(kChipBytes)}), ignored
        );
        return FaceEmbedder(std::move(compiled));
    });
}

Result<std::vector<FaceEmbedding>> FaceEmbedder::Embed(std::span<const FaceChip> chips) {
    if (!std::ranges::all_of(chips, [](const FaceChip& chip) { return chip.rgb.size() == kChipBytes; })) {
        return Fail(ErrorCode::kInvalidArgument, "a face chip is not 150×150 pixels");
    }
    return WithoutExceptions("embed faces", [&] {
        std::vector<FaceEmbedding> embeddings;
        embeddings.reserve(chips.size());
        for (std::size_t done = 0; done < chips.size(); done += kLargestBatch) {
            compiled_->Run(chips.subspan(done, std::min(kLargestBatch, chips.size() - done)), embeddings);
        }
        return embeddings;
    });
}

Result<std::vector<FaceEmbedding>> FaceEmbedder::NormalisedFlipAverage(std::span<const FaceChip> chips) {
    std::vector<FaceChip> both(chips.begin(), chips.end());
    std::ranges::transform(chips, std::back_inserter(both), Mirrored);
    Result<std::vector<FaceEmbedding>> embeddings = Embed(both);
    if (!embeddings) {
        return embeddings;
    }
    for (std::size_t i = 0; i < chips.size(); ++i) {
        FaceEmbedding& mean = (*embeddings)[i];
        const FaceEmbedding& mirrored = (*embeddings)[chips.size() + i];
        std::ranges::transform(mean, mirrored, mean.begin(), [](float a, float b) { return (a + b) / 2; });
        mean = Normalised(mean);
    }
    embeddings->resize(chips.size());
    return embeddings;
}

float DistanceOf(const FaceEmbedding& a, const FaceEmbedding& b) noexcept {
    float sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) {
        sum += (a[i] - b[i]) * (a[i] - b[i]);
    }
    return std::sqrt(sum);
}

FaceEmbedding Normalised(const FaceEmbedding& embedding) noexcept {
    const float length = DistanceOf(embedding, FaceEmbedding{});
    FaceEmbedding scaled = embedding;
    if (length > 0) {
        for (float& value : scaled) {
            value /= length;
        }
    }
    return scaled;
}

}  // namespace notify
