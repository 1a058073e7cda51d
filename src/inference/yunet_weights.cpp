#include "inference/yunet_weights.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/elf_symbols.hpp"

namespace notify {
namespace {

constexpr std::uint32_t kFirstRow = 32;  ///< floats per output of the first convolution, 5 of them padding
constexpr std::uint32_t kNeckChannels = 64;

void AddSeparable(
    std::vector<YunetLayer>& layers, const std::string& name, std::uint32_t inputs, std::uint32_t outputs
) {
    layers.push_back({.name = name + "_pw", .outputs = outputs, .inputs = inputs, .side = 1, .groups = 1});
    layers.push_back({.name = name + "_dw", .outputs = outputs, .inputs = 1, .side = 3, .groups = outputs});
}

std::vector<YunetLayer> ListLayers() {
    std::vector<YunetLayer> layers;
    layers.push_back({.name = "backbone__model0_pw", .outputs = 16, .inputs = 3, .side = 3, .groups = 1});
    AddSeparable(layers, "backbone__model0_dp", 16, 16);
    constexpr std::array<std::pair<std::uint32_t, std::uint32_t>, 5> kStages{
        {{16, 32}, {32, 64}, {64, 64}, {64, 64}, {64, 64}}
    };
    for (std::size_t stage = 0; stage < kStages.size(); ++stage) {
        const auto [inputs, outputs] = kStages[stage];
        AddSeparable(layers, fmt::format("backbone__model{}_dp1", stage + 1), inputs, inputs);
        AddSeparable(layers, fmt::format("backbone__model{}_dp2", stage + 1), inputs, outputs);
    }
    for (const int level : {2, 1, 0}) {
        AddSeparable(layers, fmt::format("neck__lateral_convs__{}", level), kNeckChannels, kNeckChannels);
    }
    constexpr std::array<std::pair<std::string_view, std::uint32_t>, 4> kHeads{
        {{"cls", 1}, {"bbox", 4}, {"obj", 1}, {"kps", 10}}
    };
    for (const auto& [head, outputs] : kHeads) {
        for (const int level : {0, 1, 2}) {
            AddSeparable(
                layers, fmt::format("bbox_head__multi_level_{}__{}", head, level), kNeckChannels, outputs
            );
        }
    }
    return layers;
}

Result<std::vector<float>> FloatsOf(const ElfSymbols& symbols, const std::string& name, std::size_t count) {
    const auto found = symbols.find(name);
    if (found == symbols.end()) {
        return Fail(ErrorCode::kInvalidArgument, "the face detector's library has no tensor " + name);
    }
    if (found->second.size() != count * sizeof(float)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "tensor {} has {} bytes instead of {}", name, found->second.size(), count * sizeof(float)
            )
        );
    }
    std::vector<float> values(count);
    std::memcpy(values.data(), found->second.data(), found->second.size());
    for (const float value : values) {
        if (!std::isfinite(value)) {
            return Fail(
                ErrorCode::kInvalidArgument, fmt::format("tensor {} holds a value that is not finite", name)
            );
        }
    }
    return values;
}

/// (outputs, row, column, channel) with `row_floats` per output → (outputs, channel, row, column).
std::vector<float> ChannelsFirst(
    const std::vector<float>& stored, const YunetLayer& layer, std::size_t row_floats
) {
    const std::size_t area = std::size_t{layer.side} * layer.side;
    std::vector<float> weights(area * layer.outputs * layer.inputs);
    for (std::size_t output = 0; output < layer.outputs; ++output) {
        for (std::size_t channel = 0; channel < layer.inputs; ++channel) {
            for (std::size_t i = 0; i < area; ++i) {
                weights[(((output * layer.inputs) + channel) * area) + i] =
                    stored[(output * row_floats) + (i * layer.inputs) + channel];
            }
        }
    }
    return weights;
}

/// (row, column, channels) → (channels, 1, row, column).
std::vector<float> DepthwiseFirst(const std::vector<float>& stored, const YunetLayer& layer) {
    const std::size_t area = std::size_t{layer.side} * layer.side;
    std::vector<float> weights(stored.size());
    for (std::size_t channel = 0; channel < layer.outputs; ++channel) {
        for (std::size_t i = 0; i < area; ++i) {
            weights[(channel * area) + i] = stored[(i * layer.outputs) + channel];
        }
    }
    return weights;
}

Result<YunetConvolution> ReadLayer(const ElfSymbols& symbols, const YunetLayer& layer) {
    const bool is_first = layer.side == 3 && layer.inputs > 1;
    const std::size_t area = std::size_t{layer.side} * layer.side;
    const std::size_t row_floats = is_first ? kFirstRow : layer.inputs * area;
    Result<std::vector<float>> weights =
        FloatsOf(symbols, layer.name + "_weight", row_floats * layer.outputs);
    if (!weights) {
        return Unexpected(weights.error());
    }
    Result<std::vector<float>> biases = FloatsOf(symbols, layer.name + "_bias", layer.outputs);
    if (!biases) {
        return Unexpected(biases.error());
    }
    if (is_first) {
        weights = ChannelsFirst(*weights, layer, row_floats);
    } else if (layer.side == 3) {
        weights = DepthwiseFirst(*weights, layer);
    }
    return YunetConvolution{
        .outputs = layer.outputs,
        .inputs = layer.inputs,
        .side = layer.side,
        .groups = layer.groups,
        .weights = *std::move(weights),
        .biases = *std::move(biases)
    };
}

}  // namespace

const std::vector<YunetLayer>& YunetLayers() {
    static const std::vector<YunetLayer> layers = ListLayers();
    return layers;
}

Result<YunetWeights> ReadYunetWeights(std::span<const std::byte> library) {
    const Result<ElfSymbols> symbols = ReadElfSymbols(library);
    if (!symbols) {
        return Unexpected(symbols.error());
    }
    YunetWeights weights;
    for (const YunetLayer& layer : YunetLayers()) {
        Result<YunetConvolution> read = ReadLayer(*symbols, layer);
        if (!read) {
            return Unexpected(read.error());
        }
        weights.emplace(layer.name, *std::move(read));
    }
    return weights;
}

}  // namespace notify
