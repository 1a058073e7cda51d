#include "inference/dlib_reader.hpp"

#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>
#include <vector>

#include <fmt/core.h>

namespace notify {
namespace {

constexpr std::uint32_t kLargestSize = 1U << 24U;
constexpr std::int64_t kLongestText = 64;
constexpr std::int64_t kTensorVersion = 2;
constexpr std::int64_t kAliasTensorVersion = 1;
static_assert(std::endian::native == std::endian::little, "tensors are stored as little-endian floats");

}  // namespace

std::uint64_t ValueCount(const DlibShape& shape) noexcept {
    std::uint64_t count = 1;
    for (const std::uint32_t size : shape) {
        if (size != 0 && count > UINT64_MAX / size) {
            return UINT64_MAX;
        }
        count *= size;
    }
    return count;
}

void DlibReader::Refuse(std::string_view why) {
    if (!Failed()) {
        fault_ = fmt::format("at byte {}: {}", position_, why);
    }
}

std::uint8_t DlibReader::Byte() {
    if (!Failed() && Remaining() == 0) {
        Refuse("the file ends here");
    }
    if (Failed()) {
        return 0;
    }
    return std::to_integer<std::uint8_t>(file_[position_++]);
}

std::int64_t DlibReader::Integer() {
    const unsigned control = Byte();
    const unsigned length = control & 0x0FU;
    if (!Failed() && (length == 0 || length > 8)) {
        Refuse("an integer has an impossible length");
    }
    std::uint64_t magnitude = 0;
    for (unsigned i = 0; i < length && !Failed(); ++i) {
        magnitude |= std::uint64_t{Byte()} << (8U * i);
    }
    if (!Failed() && magnitude > std::uint64_t{INT64_MAX}) {
        Refuse("an integer is too large");
    }
    if (Failed()) {
        return 0;
    }
    const auto value = static_cast<std::int64_t>(magnitude);
    return (control & 0x80U) != 0 ? -value : value;
}

std::uint32_t DlibReader::Count(std::uint32_t limit) {
    const std::int64_t value = Integer();
    if (!Failed() && (value < 0 || value > std::int64_t{limit})) {
        Refuse(fmt::format("{} is outside 0 to {}", value, limit));
    }
    return Failed() ? 0 : static_cast<std::uint32_t>(value);
}

double DlibReader::Float() {
    const std::int64_t mantissa = Integer();
    const std::int64_t exponent = Integer();
    if (!Failed() && (exponent < -2000 || exponent > 2000)) {
        Refuse("a float is not finite");
    }
    return Failed() ? 0.0 : std::ldexp(static_cast<double>(mantissa), static_cast<int>(exponent));
}

bool DlibReader::Bool() {
    const std::uint8_t value = Byte();
    if (!Failed() && value != '0' && value != '1') {
        Refuse("a bool is neither 0 nor 1");
    }
    return value == '1';
}

std::string DlibReader::Text() {
    const std::int64_t length = Integer();
    if (!Failed() && (length < 0 || length > kLongestText)) {
        Refuse("a text is too long");
    }
    std::string text;
    for (std::int64_t i = 0; i < length && !Failed(); ++i) {
        text.push_back(static_cast<char>(Byte()));
    }
    return Failed() ? std::string{} : text;
}

DlibShape DlibReader::Shape(std::int64_t version) {
    if (const std::int64_t found = Integer(); !Failed() && found != version) {
        Refuse(fmt::format("a tensor of version {} where {} is expected", found, version));
    }
    DlibShape shape{};
    for (std::uint32_t& size : shape) {
        size = Count(kLargestSize);
    }
    return shape;
}

std::vector<float> DlibReader::Tensor(DlibShape& shape) {
    shape = Shape(kTensorVersion);
    const std::uint64_t count = ValueCount(shape);
    // Checked before anything is allocated: a header may claim any size.
    if (!Failed() && count > Remaining() / sizeof(float)) {
        Refuse("a tensor is larger than the rest of the file");
    }
    if (Failed()) {
        return {};
    }
    std::vector<float> values(count);
    if (count != 0) {
        std::memcpy(values.data(), file_.data() + position_, count * sizeof(float));
    }
    position_ += count * sizeof(float);
    for (const float value : values) {
        if (!std::isfinite(value)) {
            Refuse("a weight is not finite");
            break;
        }
    }
    return values;
}

DlibShape DlibReader::AliasTensor() {
    return Shape(kAliasTensorVersion);
}

}  // namespace notify
