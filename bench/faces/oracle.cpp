#include "faces/oracle.hpp"

#include <array>
#include <cmath>
#include <map>
#include <stdexcept>
#include <string>

#include <fmt/format.h>
#include <openvino/op/add.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/op/convolution.hpp>
#include <openvino/op/group_conv.hpp>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/properties.hpp>

namespace notify::bench {
namespace {

/// The constant a value is computed from by reshaping.
std::vector<float> ConstantBehind(const std::shared_ptr<ov::Node>& node) {
    std::shared_ptr<ov::Node> at = node;
    while (at->get_input_size() > 0) {
        at = at->get_input_node_shared_ptr(0);
    }
    return ov::as_type_ptr<ov::op::v0::Constant>(at)->cast_vector<float>();
}

std::vector<float> BiasAfter(const std::shared_ptr<ov::Node>& convolution) {
    for (const auto& input : convolution->output(0).get_target_inputs()) {
        if (ov::is_type<ov::op::v1::Add>(input.get_node())) {
            return ConstantBehind(input.get_node()->get_input_node_shared_ptr(1 - input.get_index()));
        }
    }
    throw std::runtime_error("a convolution without a bias: " + convolution->get_friendly_name());
}

/// The convolutions by their number in the published graph ("Conv_12/WithoutBiases").
std::map<int, std::shared_ptr<ov::Node>> Convolutions(const ov::Model& model) {
    std::map<int, std::shared_ptr<ov::Node>> found;
    for (const auto& node : model.get_ordered_ops()) {
        if (ov::is_type<ov::op::v1::Convolution>(node) || ov::is_type<ov::op::v1::GroupConvolution>(node)) {
            found.emplace(std::stoi(node->get_friendly_name().substr(std::string("Conv_").size())), node);
        }
    }
    return found;
}

float Logit(float probability) {
    return std::log(probability / (1.0F - probability));
}

}  // namespace

struct Oracle::Network {
    std::shared_ptr<ov::Model> model;
    ov::CompiledModel compiled;
    ov::InferRequest request;
    std::array<std::vector<float>, 3> planes;

    /// Writes output `name` of (1, cells, channels) as channel planes from plane `first` on.
    void Transpose(const std::string& name, std::size_t level, std::size_t first, bool is_probability) {
        const ov::Tensor tensor = request.get_tensor(name);
        const std::size_t cells = tensor.get_shape().at(1);
        const std::size_t channels = tensor.get_shape().at(2);
        const auto* values = tensor.data<const float>();
        std::vector<float>& out = planes.at(level);
        out.resize(cells * YunetPlanes::kPlanes);
        for (std::size_t cell = 0; cell < cells; ++cell) {
            for (std::size_t channel = 0; channel < channels; ++channel) {
                const float value = values[(cell * channels) + channel];
                out[((first + channel) * cells) + cell] = is_probability ? Logit(value) : value;
            }
        }
    }
};

Oracle::Oracle(const std::filesystem::path& onnx) : network_(std::make_unique<Network>()) {
    ov::Core core;
    network_->model = core.read_model(onnx.string());
    network_->compiled = core.compile_model(
        network_->model, "CPU", ov::hint::inference_precision(ov::element::f32), ov::inference_num_threads(1)
    );
    network_->request = network_->compiled.create_infer_request();
}

Oracle::~Oracle() = default;

YunetWeights Oracle::Weights() const {
    const auto convolutions = Convolutions(*network_->model);
    if (convolutions.size() != YunetLayers().size()) {
        throw std::runtime_error("the oracle has another number of convolutions");
    }
    YunetWeights weights;
    auto next = convolutions.begin();
    for (const YunetLayer& layer : YunetLayers()) {
        const auto& node = (next++)->second;
        weights.emplace(
            layer.name,
            YunetConvolution{
                .outputs = layer.outputs,
                .inputs = layer.inputs,
                .side = layer.side,
                .groups = layer.groups,
                .weights = ConstantBehind(node->get_input_node_shared_ptr(1)),
                .biases = BiasAfter(node)
            }
        );
    }
    return weights;
}

std::vector<YunetPlanes> Oracle::Run(const ImageView& image) {
    const auto width = static_cast<std::size_t>((image.width + 31) / 32 * 32);
    const auto height = static_cast<std::size_t>((image.height + 31) / 32 * 32);
    ov::Tensor input(ov::element::f32, {1, 3, height, width});
    auto* to = input.data<float>();
    std::fill_n(to, input.get_size(), 0.0F);
    for (int row = 0; row < image.height; ++row) {
        const std::uint8_t* from = image.pixels + (row * image.stride_bytes);
        for (std::size_t i = 0; i < static_cast<std::size_t>(image.width) * 3; ++i) {
            to[((((i % 3) * height) + static_cast<std::size_t>(row)) * width) + (i / 3)] = from[i];
        }
    }
    network_->request.set_input_tensor(input);
    network_->request.infer();
    std::vector<YunetPlanes> levels;
    for (std::size_t level = 0; level < 3; ++level) {
        const int stride = 8 << level;
        network_->Transpose(fmt::format("cls_{}", stride), level, 0, true);
        network_->Transpose(fmt::format("obj_{}", stride), level, 1, true);
        network_->Transpose(fmt::format("bbox_{}", stride), level, 2, false);
        network_->Transpose(fmt::format("kps_{}", stride), level, 6, false);
        levels.push_back(
            {.stride = stride,
             .rows = static_cast<int>(height) / stride,
             .columns = static_cast<int>(width) / stride,
             .values = network_->planes.at(level)}
        );
    }
    return levels;
}

}  // namespace notify::bench
