#pragma once

// Writes dlib's serialisation, so that tests can make networks of any shape and spoil them.

#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <vector>

namespace notify {

class DlibWriter final {
public:
    DlibWriter& Integer(std::int64_t value) {
        std::uint64_t magnitude = value < 0 ? std::uint64_t{0} - static_cast<std::uint64_t>(value)
                                            : static_cast<std::uint64_t>(value);
        std::string digits;
        do {
            digits.push_back(static_cast<char>(magnitude & 0xFFU));
            magnitude >>= 8U;
        } while (magnitude != 0);
        bytes_.push_back(static_cast<char>(digits.size() | (value < 0 ? 0x80U : 0U)));
        bytes_ += digits;
        return *this;
    }

    DlibWriter& Float(std::int64_t mantissa, std::int64_t exponent) {
        return Integer(mantissa).Integer(exponent);
    }

    DlibWriter& Text(std::string_view text) {
        Integer(static_cast<std::int64_t>(text.size()));
        bytes_ += text;
        return *this;
    }

    DlibWriter& Bools(std::string_view zeros_and_ones) {
        bytes_ += zeros_and_ones;
        return *this;
    }

    DlibWriter& Tensor(const std::vector<float>& values) {
        Integer(2).Integer(static_cast<std::int64_t>(values.size())).Integer(1).Integer(1).Integer(1);
        const std::size_t start = bytes_.size();
        bytes_.resize(start + (values.size() * sizeof(float)));
        if (!values.empty()) {
            std::memcpy(bytes_.data() + start, values.data(), values.size() * sizeof(float));
        }
        return *this;
    }

    DlibWriter& EmptyTensor() { return Integer(2).Integer(0).Integer(0).Integer(0).Integer(0); }

    DlibWriter& Alias(std::int64_t samples, std::int64_t channels, std::int64_t rows, std::int64_t columns) {
        return Integer(1).Integer(samples).Integer(channels).Integer(rows).Integer(columns);
    }

    DlibWriter& LearningRates() { return Float(1, 0).Float(1, 0).Float(1, 0).Float(0, 0); }

    /// What follows every computed layer.
    DlibWriter& State() { return Bools("110").EmptyTensor().EmptyTensor().EmptyTensor(); }

    /// Loss, then one version number per layer from the outermost to the innermost, then the input.
    DlibWriter& Begin(const std::vector<int>& versions, std::int64_t side) {
        Integer(1).Text("loss_metric_2").Float(1, -4).Float(3, -2);
        for (const int version : versions) {
            Integer(version);
        }
        return Text("input_rgb_image_sized")
            .Float(245, -1)
            .Float(117, 0)
            .Float(104, 0)
            .Integer(side)
            .Integer(side);
    }

    /// A square convolution without padding.
    DlibWriter& Convolution(
        std::int64_t outputs, std::int64_t inputs, std::int64_t side, const std::vector<float>& values
    ) {
        Text("con_4").Tensor(values).Integer(outputs).Integer(side).Integer(side);
        Integer(1).Integer(1).Integer(0).Integer(0);
        return Alias(outputs, inputs, side, side).Alias(1, outputs, 1, 1).LearningRates();
    }

    DlibWriter& Affine(std::int64_t channels, const std::vector<float>& values) {
        return Text("affine_").Tensor(values).Alias(1, channels, 1, 1).Alias(1, channels, 1, 1).Integer(0);
    }

    DlibWriter& Pool(std::string_view kind, std::int64_t side, std::int64_t stride) {
        return Text(kind).Integer(side).Integer(side).Integer(stride).Integer(stride).Integer(0).Integer(0);
    }

    DlibWriter& FullyConnected(std::int64_t inputs, std::int64_t outputs, const std::vector<float>& values) {
        Text("fc_2")
            .Integer(outputs)
            .Integer(inputs)
            .Tensor(values)
            .Alias(inputs, outputs, 1, 1)
            .Alias(0, 0, 0, 0);
        return Integer(1).LearningRates();
    }

    [[nodiscard]] const std::string& Bytes() const { return bytes_; }

private:
    std::string bytes_;
};

/// A residual block that halves the image, as dlib's face network has them, on 2×2 pixels: convolution 3 → 2,
/// affine; beside it the pooled input; their sum; the mean over the image; one number.
[[nodiscard]] inline std::string SmallNetwork() {
    DlibWriter writer;
    // outermost first: fc, mean, add_prev, avg_pool, skip, tag 2, affine, con, tag 1, relu, con of the input
    writer.Begin({2, 2, 2, 2, 1, 1, 2, 2, 1, 2, 3}, 2);
    writer.Convolution(3, 3, 1, {1, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0}).State().Integer(1);
    writer.Text("relu_").State();
    writer.Convolution(2, 3, 2, std::vector<float>(26, 0.5F)).State();
    writer.Affine(2, {2, 3, 10, 20}).State();
    writer.Pool("avg_pool_2", 2, 2).State();
    writer.Text("add_prev_").State();
    writer.Pool("avg_pool_2", 0, 1).State();
    writer.FullyConnected(3, 1, {1, 2, 3}).State();
    return writer.Bytes();
}

}  // namespace notify
