#include "inference/dlib_network.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "core/error.hpp"
#include "core/result.hpp"
#include "inference/dlib_reader.hpp"

namespace notify {
namespace {

constexpr std::uint32_t kLargestChannels = 1U << 16U;
constexpr std::uint32_t kLargestWindow = 64;
constexpr std::uint32_t kLargestImage = 4096;
constexpr std::size_t kMostLayers = 1024;
// The file holds no tag ids; in dlib's residual blocks the block's input is tag 1 and its output tag 2.
constexpr std::uint32_t kBlockInput = 1;
constexpr std::uint32_t kBlockOutput = 2;

/// What stands for one layer in the prefix: the file nests, so all version numbers come first, outermost
/// layer first.
enum class Mark : std::uint8_t { kTagOrSkip, kComputed, kInnermost };

Window ReadWindow(DlibReader& reader) {
    Window window;
    window.rows = reader.Count(kLargestWindow);
    window.columns = reader.Count(kLargestWindow);
    window.stride_y = reader.Count(kLargestWindow);
    window.stride_x = reader.Count(kLargestWindow);
    window.pad_y = reader.Count(kLargestWindow);
    window.pad_x = reader.Count(kLargestWindow);
    if (!reader.Failed() && (window.stride_y == 0 || window.stride_x == 0)) {
        reader.Refuse("a layer has a stride of zero");
    }
    return window;
}

void SkipLearningRates(DlibReader& reader) {
    for (int i = 0; i < 4; ++i) {
        static_cast<void>(reader.Float());
    }
}

/// Splits a layer's one parameter tensor into its first `first` values and the rest.
std::pair<std::vector<float>, std::vector<float>> Split(std::vector<float> values, std::uint64_t first) {
    std::vector<float> rest(values.begin() + static_cast<std::ptrdiff_t>(first), values.end());
    values.resize(first);
    return {std::move(values), std::move(rest)};
}

ConvolutionLayer ReadConvolution(DlibReader& reader) {
    DlibShape ignored{};
    std::vector<float> values = reader.Tensor(ignored);
    ConvolutionLayer layer;
    layer.outputs = reader.Count(kLargestChannels);
    layer.window = ReadWindow(reader);
    const DlibShape filters = reader.AliasTensor();
    const DlibShape biases = reader.AliasTensor();
    SkipLearningRates(reader);
    layer.inputs = filters[1];
    const bool fits =
        layer.outputs != 0 && layer.inputs != 0 && layer.inputs <= kLargestChannels &&
        filters == DlibShape{layer.outputs, layer.inputs, layer.window.rows, layer.window.columns} &&
        ValueCount(biases) == layer.outputs && ValueCount(filters) <= values.size() &&
        values.size() - ValueCount(filters) == layer.outputs;
    if (!reader.Failed() && (!fits || values.size() == layer.outputs)) {
        reader.Refuse("a convolution's sizes contradict each other");
    }
    if (!reader.Failed()) {
        std::tie(layer.weights, layer.biases) = Split(std::move(values), ValueCount(filters));
    }
    return layer;
}

AffineLayer ReadAffine(DlibReader& reader) {
    DlibShape ignored{};
    std::vector<float> values = reader.Tensor(ignored);
    const std::uint64_t gamma = ValueCount(reader.AliasTensor());
    const std::uint64_t beta = ValueCount(reader.AliasTensor());
    static_cast<void>(reader.Integer());  // the mode it was trained in: fully connected or convolutional
    if (!reader.Failed() && (gamma != beta || gamma > values.size() || values.size() != gamma + beta)) {
        reader.Refuse("an affine layer's sizes contradict each other");
    }
    AffineLayer layer;
    if (!reader.Failed()) {
        std::tie(layer.gamma, layer.beta) = Split(std::move(values), gamma);
    }
    return layer;
}

MaxPoolLayer ReadMaxPool(DlibReader& reader) {
    const MaxPoolLayer layer{.window = ReadWindow(reader)};
    if (!reader.Failed() && (layer.window.rows == 0 || layer.window.columns == 0)) {
        reader.Refuse("a pool has no size");
    }
    return layer;
}

AveragePoolLayer ReadAveragePool(DlibReader& reader) {
    const AveragePoolLayer layer{.window = ReadWindow(reader)};
    if (!reader.Failed() && (layer.window.rows == 0) != (layer.window.columns == 0)) {
        reader.Refuse("a pool has no size");
    }
    return layer;
}

FullyConnectedLayer ReadFullyConnected(DlibReader& reader) {
    constexpr std::int64_t kNoBias = 1;
    FullyConnectedLayer layer;
    layer.outputs = reader.Count(kLargestChannels);
    layer.inputs = reader.Count(kLargestChannels);
    DlibShape shape{};
    layer.weights = reader.Tensor(shape);
    static_cast<void>(reader.AliasTensor());
    static_cast<void>(reader.AliasTensor());
    const std::int64_t mode = reader.Integer();
    SkipLearningRates(reader);
    const std::uint64_t expected = std::uint64_t{layer.inputs} * layer.outputs;
    if (!reader.Failed() && (mode != kNoBias || expected == 0 || layer.weights.size() != expected)) {
        reader.Refuse("the fully connected layer has a bias or sizes that contradict each other");
    }
    return layer;
}

/// A layer's own part, without what the layer around it stores. Tags of `add_prev` are resolved by the
/// caller.
DlibLayer ReadDetails(DlibReader& reader, std::uint32_t add_tag) {
    const std::string kind = reader.Text();
    if (kind == "con_4") {
        return ReadConvolution(reader);
    }
    if (kind == "affine_") {
        return ReadAffine(reader);
    }
    if (kind == "relu_") {
        return ReluLayer{};
    }
    if (kind == "max_pool_2") {
        return ReadMaxPool(reader);
    }
    if (kind == "avg_pool_2") {
        return ReadAveragePool(reader);
    }
    if (kind == "add_prev_") {
        return AddTaggedLayer{.id = add_tag};
    }
    if (kind == "fc_2") {
        return ReadFullyConnected(reader);
    }
    reader.Refuse("a layer of unknown kind");
    return ReluLayer{};
}

/// What every computed layer stores after its own part: its state while training, which must be empty.
void SkipTrainingState(DlibReader& reader, Mark mark) {
    for (int i = 0; i < 3; ++i) {
        reader.Bool();
    }
    for (int i = 0; i < 3; ++i) {
        DlibShape shape{};
        static_cast<void>(reader.Tensor(shape));
    }
    if (mark == Mark::kInnermost && reader.Count(1) != 1) {
        reader.Refuse("a sample is expanded into several");
    }
}

std::vector<Mark> ReadPrefix(DlibReader& reader) {
    std::vector<Mark> marks;
    while (!reader.Failed() && marks.size() < kMostLayers) {
        switch (reader.Integer()) {
            case 1:
                marks.push_back(Mark::kTagOrSkip);
                break;
            case 2:
                marks.push_back(Mark::kComputed);
                break;
            case 3:
                marks.push_back(Mark::kInnermost);
                return marks;
            default:
                reader.Refuse("a layer of unknown version");
        }
    }
    reader.Refuse("too many layers");
    return {};
}

void ReadInput(DlibReader& reader, DlibNetwork& network) {
    if (reader.Text() != "input_rgb_image_sized") {
        reader.Refuse("the input is not an RGB image of fixed size");
    }
    for (float& mean : network.mean_rgb) {
        mean = static_cast<float>(reader.Float());
    }
    network.rows = reader.Count(kLargestImage);
    network.columns = reader.Count(kLargestImage);
}

/// Reads the layers from the innermost (the image) to the outermost and gives tags their ids.
void ReadLayers(DlibReader& reader, std::vector<Mark> marks, DlibNetwork& network) {
    bool is_down_block = false;
    while (!marks.empty() && !reader.Failed()) {
        const Mark mark = marks.back();
        marks.pop_back();
        if (mark != Mark::kTagOrSkip) {
            network.layers.push_back(ReadDetails(reader, is_down_block ? kBlockOutput : kBlockInput));
            SkipTrainingState(reader, mark);
            if (std::holds_alternative<AddTaggedLayer>(network.layers.back())) {
                is_down_block = false;
            }
        } else if (!marks.empty() && marks.back() == Mark::kTagOrSkip) {
            // Two in a row: the block's output is remembered and its input taken up again (dlib's
            // residual_down).
            marks.pop_back();
            network.layers.emplace_back(TagLayer{.id = kBlockOutput});
            network.layers.emplace_back(SkipLayer{.id = kBlockInput});
            is_down_block = true;
        } else {
            network.layers.emplace_back(TagLayer{.id = kBlockInput});
        }
    }
}

}  // namespace

Result<DlibNetwork> ReadDlibNetwork(std::span<const std::byte> file) {
    DlibReader reader(file);
    DlibNetwork network;
    if (reader.Integer() != 1 || reader.Text() != "loss_metric_2") {
        reader.Refuse("the network does not begin with a metric loss");
    }
    static_cast<void>(reader.Float());  // margin and distance threshold of training
    static_cast<void>(reader.Float());
    std::vector<Mark> marks = ReadPrefix(reader);
    ReadInput(reader, network);
    ReadLayers(reader, std::move(marks), network);
    if (!reader.Failed() && reader.Remaining() != 0) {
        reader.Refuse("the file goes on after the last layer");
    }
    if (reader.Failed()) {
        return Fail(ErrorCode::kInvalidArgument, "not a usable dlib network: " + reader.Fault());
    }
    return network;
}

Result<void> FoldAffineLayers(DlibNetwork& network) {
    std::vector<DlibLayer> folded;
    folded.reserve(network.layers.size());
    for (DlibLayer& layer : network.layers) {
        const auto* affine = std::get_if<AffineLayer>(&layer);
        auto* before = folded.empty() ? nullptr : std::get_if<ConvolutionLayer>(&folded.back());
        if (affine == nullptr || before == nullptr) {
            folded.push_back(std::move(layer));
            continue;
        }
        if (affine->gamma.size() != before->outputs || affine->beta.size() != before->outputs) {
            return Fail(
                ErrorCode::kInvalidArgument, "an affine layer's channels differ from its convolution's"
            );
        }
        const std::size_t filter = before->weights.size() / before->outputs;
        for (std::size_t channel = 0; channel < before->outputs; ++channel) {
            for (std::size_t i = 0; i < filter; ++i) {
                before->weights[(channel * filter) + i] *= affine->gamma[channel];
            }
            before->biases[channel] =
                (before->biases[channel] * affine->gamma[channel]) + affine->beta[channel];
        }
    }
    network.layers = std::move(folded);
    return {};
}

}  // namespace notify
