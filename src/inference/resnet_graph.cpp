#include "inference/resnet_graph.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <openvino/core/coordinate_diff.hpp>
#include <openvino/core/model.hpp>
#include <openvino/core/node.hpp>
#include <openvino/core/node_output.hpp>
#include <openvino/core/strides.hpp>
#include <openvino/core/type/element_type.hpp>
#include <openvino/op/add.hpp>
#include <openvino/op/avg_pool.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/convolution.hpp>
#include <openvino/op/matmul.hpp>
#include <openvino/op/max_pool.hpp>
#include <openvino/op/multiply.hpp>
#include <openvino/op/pad.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/reduce_mean.hpp>
#include <openvino/op/relu.hpp>
#include <openvino/op/result.hpp>
#include <openvino/op/subtract.hpp>
#include <openvino/op/transpose.hpp>
#include <openvino/op/util/attr_types.hpp>

#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/dlib_network.hpp"
#include "inference/openvino_session.hpp"

namespace notify {
namespace {

using Value = ov::Output<ov::Node>;

Value Integers(const std::vector<std::int64_t>& values) {
    return ov::op::v0::Constant::create(ov::element::i64, ov::Shape{values.size()}, values);
}

/// Builds one layer after the other; the first that does not fit is kept as the fault.
class Builder final {
public:
    explicit Builder(Value input) : value_(std::move(input)) {}

    void operator()(const ConvolutionLayer& layer) {
        if (!Expect(Size(1) == layer.inputs, "a convolution")) {
            return;
        }
        const Window& window = layer.window;
        const Value weights =
            Constant({layer.outputs, layer.inputs, window.rows, window.columns}, layer.weights);
        const ov::CoordinateDiff pads{window.pad_y, window.pad_x};
        const ov::Strides strides{window.stride_y, window.stride_x};
        value_ = std::make_shared<ov::op::v1::Convolution>(
            value_, weights, strides, pads, pads, ov::Strides{1, 1}
        );
        value_ = std::make_shared<ov::op::v1::Add>(value_, Constant({1, layer.outputs, 1, 1}, layer.biases));
    }

    void operator()(const AffineLayer& layer) {
        const std::size_t channels = layer.gamma.size();
        if (Expect(Size(1) == channels, "an affine layer")) {
            value_ =
                std::make_shared<ov::op::v1::Multiply>(value_, Constant({1, channels, 1, 1}, layer.gamma));
            value_ = std::make_shared<ov::op::v1::Add>(value_, Constant({1, channels, 1, 1}, layer.beta));
        }
    }

    void operator()(const ReluLayer& /*layer*/) { value_ = std::make_shared<ov::op::v0::Relu>(value_); }

    void operator()(const MaxPoolLayer& layer) {
        const Window& window = layer.window;
        const ov::Shape pads{window.pad_y, window.pad_x};
        value_ = std::make_shared<ov::op::v1::MaxPool>(
            value_,
            ov::Strides{window.stride_y, window.stride_x},
            pads,
            pads,
            ov::Shape{window.rows, window.columns},
            ov::op::RoundingType::FLOOR
        );
    }

    void operator()(const AveragePoolLayer& layer) {
        const Window& window = layer.window;
        if (window.rows == 0) {
            value_ = std::make_shared<ov::op::v1::ReduceMean>(value_, Integers({2, 3}), true);
            return;
        }
        const ov::Shape pads{window.pad_y, window.pad_x};
        value_ = std::make_shared<ov::op::v1::AvgPool>(
            value_,
            ov::Strides{window.stride_y, window.stride_x},
            pads,
            pads,
            ov::Shape{window.rows, window.columns},
            true,
            ov::op::RoundingType::FLOOR
        );
    }

    void operator()(const TagLayer& layer) { tags_[layer.id] = value_; }

    void operator()(const SkipLayer& layer) {
        if (Expect(tags_.contains(layer.id), "a skip")) {
            value_ = tags_.at(layer.id);
        }
    }

    void operator()(const AddTaggedLayer& layer) {
        if (Expect(tags_.contains(layer.id), "an addition")) {
            const Value other = tags_.at(layer.id);
            const Value padded = PaddedLike(value_, other);
            value_ = std::make_shared<ov::op::v1::Add>(padded, PaddedLike(other, value_));
        }
    }

    void operator()(const FullyConnectedLayer& layer) {
        if (!Expect(Size(1) == layer.inputs && Size(2) == 1 && Size(3) == 1, "the fully connected layer")) {
            return;
        }
        const Value mean = std::make_shared<ov::op::v1::ReduceMean>(value_, Integers({2, 3}), false);
        value_ = std::make_shared<ov::op::v0::MatMul>(
            mean, Constant({layer.inputs, layer.outputs}, layer.weights)
        );
    }

    [[nodiscard]] const Value& Output() const { return value_; }

    [[nodiscard]] const std::optional<std::string>& Fault() const { return fault_; }

private:
    [[nodiscard]] static std::size_t SizeOf(const Value& value, std::size_t axis) {
        return static_cast<std::size_t>(
            value.get_partial_shape()[static_cast<std::ptrdiff_t>(axis)].get_length()
        );
    }

    [[nodiscard]] std::size_t Size(std::size_t axis) const { return SizeOf(value_, axis); }

    [[nodiscard]] bool Expect(bool fits, const char* what) {
        if (!fits && !fault_) {
            fault_ = std::string(what) + " does not fit the layers before it";
        }
        return fits;
    }

    /// `value` with zeros after its last channel, row and column where `other` has more.
    [[nodiscard]] static Value PaddedLike(const Value& value, const Value& other) {
        std::vector<std::int64_t> missing{0};
        for (std::size_t axis = 1; axis < 4; ++axis) {
            const std::size_t size = SizeOf(value, axis);
            missing.push_back(static_cast<std::int64_t>(std::max(SizeOf(other, axis), size) - size));
        }
        if (std::ranges::all_of(missing, [](std::int64_t count) { return count == 0; })) {
            return value;
        }
        return std::make_shared<ov::op::v1::Pad>(
            value, Integers({0, 0, 0, 0}), Integers(missing), Constant({}, {0.0F}), ov::op::PadMode::CONSTANT
        );
    }

    Value value_;
    std::map<std::uint32_t, Value> tags_;
    std::optional<std::string> fault_;
};

}  // namespace

Result<std::shared_ptr<ov::Model>> BuildDlibGraph(DlibNetwork network) {
    if (Result<void> folded = FoldAffineLayers(network); !folded) {
        return Unexpected(folded.error());
    }
    const auto input = std::make_shared<ov::op::v0::Parameter>(
        ov::element::u8, ov::PartialShape{ov::Dimension::dynamic(), network.rows, network.columns, 3}
    );
    const auto floats = std::make_shared<ov::op::v0::Convert>(input, ov::element::f32);
    const auto planes = std::make_shared<ov::op::v1::Transpose>(floats, Integers({0, 3, 1, 2}));
    const std::vector<float> mean(network.mean_rgb.begin(), network.mean_rgb.end());
    const auto centred = std::make_shared<ov::op::v1::Subtract>(planes, Constant({1, 3, 1, 1}, mean));
    Builder builder(std::make_shared<ov::op::v1::Multiply>(centred, Constant({}, {1.0F / 256.0F})));
    for (DlibLayer& layer : network.layers) {
        const DlibLayer taken = std::exchange(layer, DlibLayer(ReluLayer{}));
        std::visit(builder, taken);
        if (builder.Fault()) {
            return Fail(
                ErrorCode::kInvalidArgument, "the face embedding network is not usable: " + *builder.Fault()
            );
        }
    }
    const auto result = std::make_shared<ov::op::v0::Result>(builder.Output());
    return std::make_shared<ov::Model>(ov::ResultVector{result}, ov::ParameterVector{input}, "dlib_resnet");
}

}  // namespace notify
