// The files of the face models, read without the runtime: an ELF library's data, and dlib's networks.

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <variant>

#include "core/error.hpp"
#include "fuzz/promise.hpp"
#include "inference/dlib_network.hpp"
#include "inference/elf_symbols.hpp"
#include "inference/yunet_weights.hpp"

namespace notify::fuzz {
namespace {

using Bytes = std::span<const std::byte>;

void CheckRefused(const Error& error) {
    Promise(error.code == ErrorCode::kInvalidArgument, "a bad model is an invalid argument");
    Promise(!error.message.empty(), "a bad model is refused with a sentence");
}

bool LiesIn(Bytes part, Bytes whole) {
    const std::less_equal<> before;
    return before(whole.data(), part.data()) &&
           before(part.data() + part.size(), whole.data() + whole.size());
}

void TryLibrary(Bytes library) {
    const auto symbols = ReadElfSymbols(library);
    if (!symbols) {
        CheckRefused(symbols.error());
        return;
    }
    for (const auto& [name, data] : *symbols) {
        Promise(LiesIn(data, library), "a symbol's bytes lie inside the library");
    }
    const auto weights = ReadYunetWeights(library);
    if (!weights) {
        CheckRefused(weights.error());
        return;
    }
    for (const auto& layer : YunetLayers()) {
        const auto& read = weights->at(layer.name);
        const auto filter = std::size_t{layer.inputs} * layer.side * layer.side;
        Promise(read.weights.size() == layer.outputs * filter, "a layer has its weights");
        Promise(read.biases.size() == layer.outputs, "a layer has its biases");
    }
}

void CheckLayer(const ConvolutionLayer& layer) {
    const auto filter = std::size_t{layer.inputs} * layer.window.rows * layer.window.columns;
    Promise(filter > 0 && layer.weights.size() == layer.outputs * filter, "a convolution has its weights");
    Promise(layer.biases.size() == layer.outputs, "a convolution has its biases");
}

void CheckLayer(const AffineLayer& layer) {
    Promise(layer.gamma.size() == layer.beta.size(), "an affine layer's parts fit");
}

void CheckLayer(const MaxPoolLayer& layer) {
    Promise(layer.window.stride_x > 0 && layer.window.stride_y > 0, "a pool moves on");
}

void CheckLayer(const FullyConnectedLayer& layer) {
    Promise(layer.weights.size() == std::size_t{layer.inputs} * layer.outputs, "the last layer fits");
}

template <class Other>
void CheckLayer(const Other&) {}

void TryNetwork(Bytes file) {
    auto network = ReadDlibNetwork(file);
    if (!network) {
        CheckRefused(network.error());
        return;
    }
    for (const auto& layer : network->layers) {
        std::visit([](const auto& each) { CheckLayer(each); }, layer);
    }
    const auto layers = network->layers.size();
    if (const auto folded = FoldAffineLayers(*network); !folded) {
        CheckRefused(folded.error());
        return;
    }
    Promise(network->layers.size() <= layers, "folding adds no layer");
    for (const auto& layer : network->layers) {
        std::visit([](const auto& each) { CheckLayer(each); }, layer);
    }
}

}  // namespace
}  // namespace notify::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto bytes = std::as_bytes(std::span(data, size));
    notify::fuzz::TryLibrary(bytes);
    notify::fuzz::TryNetwork(bytes);
    return 0;
}
