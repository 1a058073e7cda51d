#include "media/orientation.hpp"

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

#include "core/byte_source.hpp"
#include "core/result.hpp"

extern "C" {
#include <libavutil/display.h>
}

#include "media/signature.hpp"

namespace notify {

namespace {

constexpr std::size_t kReadBytes = 256U << 10U;
constexpr unsigned int kOrientationTag = 0x0112;

/// Numbers of a TIFF structure; nothing outside it.
class Tiff {
public:
    explicit Tiff(std::string_view data) : data_(data), little_(data.starts_with("II")) {}

    [[nodiscard]] std::optional<unsigned int> Number(std::size_t at, std::size_t bytes) const {
        if (at > data_.size() || data_.size() - at < bytes) {
            return std::nullopt;
        }
        unsigned int value = 0;
        for (std::size_t i = 0; i < bytes; ++i) {
            value = value << 8U | static_cast<unsigned char>(data_[at + (little_ ? bytes - 1 - i : i)]);
        }
        return value;
    }

private:
    std::string_view data_;
    bool little_;
};

/// The tag's value in the first directory: 1 … 8.
std::optional<unsigned int> OrientationTag(std::string_view data) {
    const Tiff tiff(data);
    const auto directory = tiff.Number(4, 4);
    if (!directory) {
        return std::nullopt;
    }
    const auto entries = tiff.Number(*directory, 2).value_or(0);
    for (std::size_t i = 0; i < entries; ++i) {
        const auto at = std::size_t{*directory} + 2 + i * 12;
        const auto tag = tiff.Number(at, 2);
        if (!tag) {
            return std::nullopt;
        }
        if (*tag == kOrientationTag) {
            return tiff.Number(at + 8, 2);
        }
    }
    return std::nullopt;
}

/// The TIFF structure in a JPEG's APP1 segment; empty when there is none.
std::string_view ExifOf(std::string_view jpeg) {
    constexpr std::string_view kSignature("Exif\0\0", 6);
    const Tiff numbers(jpeg);  // big-endian: a JPEG does not begin with II
    std::size_t at = 2;
    while (at + 4 <= jpeg.size() && jpeg[at] == '\xFF') {
        const auto marker = static_cast<unsigned char>(jpeg[at + 1]);
        const std::size_t length = numbers.Number(at + 2, 2).value_or(0);
        if (marker == 0xDA || length < 2) {
            break;  // the picture itself begins
        }
        const auto payload = jpeg.substr(at + 4, length - 2);
        if (marker == 0xE1 && payload.starts_with(kSignature)) {
            return payload.substr(kSignature.size());
        }
        at += 2 + length;
    }
    return {};
}

Orientation FromExif(unsigned int value) {
    switch (value) {
        case 2:
            return {.rotation = 180, .mirrored = true};
        case 3:
            return {.rotation = 180, .mirrored = false};
        case 4:
            return {.rotation = 0, .mirrored = true};
        case 5:
            return {.rotation = 90, .mirrored = true};
        case 6:
            return {.rotation = 90, .mirrored = false};
        case 7:
            return {.rotation = 270, .mirrored = true};
        case 8:
            return {.rotation = 270, .mirrored = false};
        default:
            return {};
    }
}

}  // namespace

Orientation OrientationOf(const std::uint8_t* matrix) {
    if (matrix == nullptr) {
        return {};
    }
    std::array<std::int32_t, 9> values{};
    std::memcpy(values.data(), matrix, sizeof(values));
    const double angle = av_display_rotation_get(values.data());
    if (std::isnan(angle)) {
        return {};
    }
    const int quarters = static_cast<int>(std::lround(-angle / 90.0)) % 4;
    const double determinant =
        static_cast<double>(values[0]) * values[4] - static_cast<double>(values[1]) * values[3];
    return {.rotation = ((quarters + 4) % 4) * 90, .mirrored = determinant < 0};
}

Result<Orientation> JpegOrientation(ByteSource& bytes) {
    return ReadStart(bytes, kReadBytes).map([](std::string_view jpeg) {
        const bool is_jpeg = jpeg.starts_with("\xFF\xD8");
        return is_jpeg ? FromExif(OrientationTag(ExifOf(jpeg)).value_or(1)) : Orientation{};
    });
}

}  // namespace notify
