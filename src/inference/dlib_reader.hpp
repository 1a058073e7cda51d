#pragma once

// dlib's serialisation of numbers, texts and tensors (dlib/serialize.h, dlib/cuda/tensor.h), read from
// memory.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace notify {

/// The four sizes of a dlib tensor: samples, channels, rows, columns.
using DlibShape = std::array<std::uint32_t, 4>;

/// Reads one value after the other. After the first fault every read gives zeros and changes nothing,
/// so a caller may read a group of values and then ask Failed(). Not thread-safe.
class DlibReader final {
public:
    explicit DlibReader(std::span<const std::byte> file) noexcept : file_(file) {}

    /// An integer of at most 8 bytes: a byte with sign (bit 7) and length, then the magnitude, least byte
    /// first.
    [[nodiscard]] std::int64_t Integer();

    /// An integer that must lie in [0, limit].
    [[nodiscard]] std::uint32_t Count(std::uint32_t limit);

    /// A float as mantissa · 2^exponent.
    [[nodiscard]] double Float();

    /// A bool, written as '0' or '1'.
    bool Bool();

    /// A text of at most 64 bytes.
    [[nodiscard]] std::string Text();

    /// A tensor's values; `shape` gets its sizes.
    [[nodiscard]] std::vector<float> Tensor(DlibShape& shape);

    /// A tensor without values: only the sizes of a part of another one.
    [[nodiscard]] DlibShape AliasTensor();

    /// Records the first fault; `why` completes "at byte N: ".
    void Refuse(std::string_view why);

    [[nodiscard]] bool Failed() const noexcept { return !fault_.empty(); }

    [[nodiscard]] const std::string& Fault() const noexcept { return fault_; }

    [[nodiscard]] std::size_t Remaining() const noexcept { return file_.size() - position_; }

private:
    [[nodiscard]] std::uint8_t Byte();

    [[nodiscard]] DlibShape Shape(std::int64_t version);

    std::span<const std::byte> file_;
    std::size_t position_ = 0;
    std::string fault_;
};

/// How many values a tensor of that shape has.
[[nodiscard]] std::uint64_t ValueCount(const DlibShape& shape) noexcept;

}  // namespace notify
