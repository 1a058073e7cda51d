#include "inference/yunet_graph.hpp"

#include <array>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/core.h>
#include <openvino/core/coordinate_diff.hpp>
#include <openvino/core/dimension.hpp>
#include <openvino/core/model.hpp>
#include <openvino/core/node.hpp>
#include <openvino/core/node_output.hpp>
#include <openvino/core/strides.hpp>
#include <openvino/core/type/element_type.hpp>
#include <openvino/op/add.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convert.hpp>
#include <openvino/op/convolution.hpp>
#include <openvino/op/group_conv.hpp>
#include <openvino/op/interpolate.hpp>
#include <openvino/op/max_pool.hpp>
#include <openvino/op/parameter.hpp>
#include <openvino/op/relu.hpp>
#include <openvino/op/result.hpp>
#include <openvino/op/transpose.hpp>
#include <openvino/op/util/attr_types.hpp>

#include "inference/openvino_session.hpp"
#include "inference/yunet_weights.hpp"

namespace notify {
namespace {

using Value = ov::Output<ov::Node>;

Value Convolve(const Value& input, const YunetConvolution& layer, std::size_t stride) {
    const auto pad = static_cast<std::ptrdiff_t>(layer.side / 2);
    const ov::Strides strides{stride, stride};
    const ov::CoordinateDiff pads{pad, pad};
    const std::size_t side = layer.side;
    Value output;
    if (layer.groups == 1) {
        const Value weights = Constant({layer.outputs, layer.inputs, side, side}, layer.weights);
        output =
            std::make_shared<ov::op::v1::Convolution>(input, weights, strides, pads, pads, ov::Strides{1, 1});
    } else {
        const Value weights = Constant({layer.groups, 1, 1, side, side}, layer.weights);
        output = std::make_shared<ov::op::v1::GroupConvolution>(
            input, weights, strides, pads, pads, ov::Strides{1, 1}
        );
    }
    return std::make_shared<ov::op::v1::Add>(output, Constant({1, layer.outputs, 1, 1}, layer.biases));
}

Value Relu(const Value& input) {
    return std::make_shared<ov::op::v0::Relu>(input);
}

/// A pointwise convolution and a depthwise one.
Value Separable(const Value& input, const YunetWeights& weights, const std::string& name) {
    return Convolve(Convolve(input, weights.at(name + "_pw"), 1), weights.at(name + "_dw"), 1);
}

Value Halve(const Value& input) {
    return std::make_shared<ov::op::v1::MaxPool>(
        input,
        ov::Strides{2, 2},
        ov::Shape{0, 0},
        ov::Shape{0, 0},
        ov::Shape{2, 2},
        ov::op::RoundingType::FLOOR
    );
}

Value Double(const Value& input) {
    using ov::op::v4::Interpolate;
    Interpolate::InterpolateAttrs attributes;
    attributes.mode = Interpolate::InterpolateMode::NEAREST;
    attributes.shape_calculation_mode = Interpolate::ShapeCalcMode::SCALES;
    attributes.coordinate_transformation_mode = Interpolate::CoordinateTransformMode::ASYMMETRIC;
    attributes.nearest_mode = Interpolate::NearestMode::FLOOR;
    attributes.pads_begin = {0, 0, 0, 0};
    attributes.pads_end = {0, 0, 0, 0};
    // With the mode SCALES the sizes are ignored, but the operation wants the input.
    const auto sizes = ov::op::v0::Constant::create(ov::element::i64, ov::Shape{2}, {0, 0});
    const auto axes = ov::op::v0::Constant::create(ov::element::i64, ov::Shape{2}, {2, 3});
    return std::make_shared<Interpolate>(input, sizes, Constant({2}, {2.0F, 2.0F}), axes, attributes);
}

/// The four heads of one level as one convolution, in the order of YunetPlanes.
YunetConvolution MergedHeads(const YunetWeights& weights, std::string_view part, int level) {
    YunetConvolution merged;
    for (const std::string_view head : {"cls", "obj", "bbox", "kps"}) {
        const YunetConvolution& one =
            weights.at(fmt::format("bbox_head__multi_level_{}__{}_{}", head, level, part));
        merged.inputs = one.inputs;
        merged.side = one.side;
        merged.outputs += one.outputs;
        merged.weights.insert(merged.weights.end(), one.weights.begin(), one.weights.end());
        merged.biases.insert(merged.biases.end(), one.biases.begin(), one.biases.end());
    }
    merged.groups = merged.side == 1 ? 1 : merged.outputs;
    return merged;
}

Value Head(const Value& input, const YunetWeights& weights, int level) {
    const Value pointwise = Convolve(input, MergedHeads(weights, "pw", level), 1);
    return Convolve(pointwise, MergedHeads(weights, "dw", level), 1);
}

}  // namespace

std::shared_ptr<ov::Model> BuildYunet(const YunetWeights& weights) {
    const ov::Dimension any(32, ov::Dimension::dynamic().get_max_length());
    const auto input =
        std::make_shared<ov::op::v0::Parameter>(ov::element::u8, ov::PartialShape{1, any, any, 3});
    const auto floats = std::make_shared<ov::op::v0::Convert>(input, ov::element::f32);
    const auto order = ov::op::v0::Constant::create(ov::element::i64, ov::Shape{4}, {0, 3, 1, 2});
    Value value = std::make_shared<ov::op::v1::Transpose>(floats, order);

    value = Relu(Convolve(value, weights.at("backbone__model0_pw"), 2));
    value = Halve(Relu(Separable(value, weights, "backbone__model0_dp")));
    std::array<Value, 3> levels;  // strides 8, 16, 32
    for (int stage = 1; stage <= 5; ++stage) {
        value = Relu(Separable(value, weights, fmt::format("backbone__model{}_dp1", stage)));
        value = Relu(Separable(value, weights, fmt::format("backbone__model{}_dp2", stage)));
        if (stage >= 3) {
            levels.at(static_cast<std::size_t>(stage) - 3) = value;
        }
        if (stage >= 2 && stage <= 4) {
            value = Halve(value);
        }
    }
    for (int level = 2; level >= 0; --level) {
        Value& lateral = levels.at(static_cast<std::size_t>(level));
        if (level < 2) {
            lateral = std::make_shared<ov::op::v1::Add>(
                lateral, Double(levels.at(static_cast<std::size_t>(level) + 1))
            );
        }
        lateral = Relu(Separable(lateral, weights, fmt::format("neck__lateral_convs__{}", level)));
    }
    ov::ResultVector results;
    for (int level = 0; level < 3; ++level) {
        const Value head = Head(levels.at(static_cast<std::size_t>(level)), weights, level);
        results.push_back(std::make_shared<ov::op::v0::Result>(head));
    }
    return std::make_shared<ov::Model>(results, ov::ParameterVector{input}, "yunet");
}

}  // namespace notify
