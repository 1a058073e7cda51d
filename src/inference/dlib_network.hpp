#pragma once

// A network in dlib's serialised form (its face recognition ResNet), read into a plain list of layers with
// weights.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <variant>
#include <vector>

#include "core/result.hpp"

namespace notify {

/// How a convolution or a pool walks over its input: sizes, steps and zero padding in pixels.
struct Window {
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
    std::uint32_t stride_y = 1;
    std::uint32_t stride_x = 1;
    std::uint32_t pad_y = 0;
    std::uint32_t pad_x = 0;
};

struct ConvolutionLayer {
    Window window;
    std::uint32_t outputs = 0;
    std::uint32_t inputs = 0;
    std::vector<float> weights;  ///< (outputs, inputs, rows, columns)
    std::vector<float> biases;   ///< one per output
};

/// output = gamma · input + beta, for each channel.
struct AffineLayer {
    std::vector<float> gamma;
    std::vector<float> beta;
};

struct ReluLayer {};

struct MaxPoolLayer {
    Window window;
};

struct AveragePoolLayer {
    Window window;  ///< rows = columns = 0: over the whole image
};

/// Remembers its input under `id`.
struct TagLayer {
    std::uint32_t id = 0;
};

/// Goes on with what TagLayer `id` remembered.
struct SkipLayer {
    std::uint32_t id = 0;
};

/// Adds what TagLayer `id` remembered; the smaller of the two is padded with zeros after its last
/// channel, below its last row and right of its last column.
struct AddTaggedLayer {
    std::uint32_t id = 0;
};

/// outputs = inputs · weights, without bias.
struct FullyConnectedLayer {
    std::uint32_t inputs = 0;
    std::uint32_t outputs = 0;
    std::vector<float> weights;  ///< (inputs, outputs)
};

using DlibLayer = std::variant<
    ConvolutionLayer,
    AffineLayer,
    ReluLayer,
    MaxPoolLayer,
    AveragePoolLayer,
    TagLayer,
    SkipLayer,
    AddTaggedLayer,
    FullyConnectedLayer>;

struct DlibNetwork {
    std::array<float, 3> mean_rgb{};  ///< Subtracted from every pixel, which is then divided by 256.
    std::uint32_t rows = 0;
    std::uint32_t columns = 0;
    std::vector<DlibLayer> layers;  ///< From the image to the result.
};

/// Reads a network serialised by dlib's `loss_metric` with layers con, affine, relu, max_pool, avg_pool,
/// add_prev and fc_no_bias over `input_rgb_image_sized`, in residual blocks as dlib's face recognition
/// network has them (the file does not tell tags apart, so any other pattern is refused). Safe on hostile
/// bytes. kInvalidArgument with the offset.
[[nodiscard]] Result<DlibNetwork> ReadDlibNetwork(std::span<const std::byte> file);

/// Multiplies every affine layer that follows a convolution into that convolution and drops it; the network's
/// results stay the same up to float rounding. kInvalidArgument when their channels differ.
[[nodiscard]] Result<void> FoldAffineLayers(DlibNetwork& network);

}  // namespace notify
