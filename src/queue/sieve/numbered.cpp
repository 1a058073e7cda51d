#include "queue/sieve/numbered.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>

#include "queue/sieve/name_types.hpp"

namespace notify {

namespace {

constexpr std::size_t kMostDigits = 18;  // what 64 bits hold

constexpr std::array<std::pair<std::string_view, FrameFormat>, 16> kFormats{{
    {"dpx", FrameFormat::kFilm},
    {"exr", FrameFormat::kFilm},
    {"cin", FrameFormat::kFilm},
    {"tga", FrameFormat::kFilm},
    {"ari", FrameFormat::kFilm},
    {"j2c", FrameFormat::kFilm},
    {"j2k", FrameFormat::kFilm},
    {"jp2", FrameFormat::kFilm},
    {"sgi", FrameFormat::kFilm},
    {"jpg", FrameFormat::kPhoto},
    {"jpeg", FrameFormat::kPhoto},
    {"png", FrameFormat::kPhoto},
    {"tif", FrameFormat::kPhoto},
    {"tiff", FrameFormat::kPhoto},
    {"dng", FrameFormat::kPhoto},
    {"bmp", FrameFormat::kPhoto},
}};

bool IsDigit(char c) {
    return c >= '0' && c <= '9';
}

bool SameLetters(std::string_view lower, std::string_view text) {
    return std::ranges::equal(lower, text, {}, {}, [](char c) {
        return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    });
}

}  // namespace

std::optional<NumberedName> ParseNumbered(std::string_view key) {
    const auto extension = ExtensionOf(key);
    const auto* const format = std::ranges::find_if(kFormats, [&](const auto& known) {
        return SameLetters(known.first, extension);
    });
    if (format == kFormats.end()) {
        return std::nullopt;
    }
    const auto before = key.substr(0, key.size() - extension.size() - 1);
    std::size_t count = 0;
    while (count < before.size() && IsDigit(before[before.size() - 1 - count])) {
        ++count;
    }
    if (count == 0 || count > kMostDigits) {
        return std::nullopt;
    }
    return NumberedName{
        .stem = before.substr(0, before.size() - count),
        .digits = before.substr(before.size() - count),
        .extension = extension,
        .format = format->second,
    };
}

}  // namespace notify
