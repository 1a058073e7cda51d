#include "app/commands/quantities.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using Unit = std::pair<std::string_view, double>;  // its name in lower case, its size

constexpr std::array<Unit, 14> kSizes{{
    {"", 1},
    {"b", 1},
    {"k", 1e3},
    {"kb", 1e3},
    {"mb", 1e6},
    {"m", 1e6},
    {"gb", 1e9},
    {"g", 1e9},
    {"tb", 1e12},
    {"t", 1e12},
    {"kib", 1024.0},
    {"mib", 1024.0 * 1024},
    {"gib", 1024.0 * 1024 * 1024},
    {"tib", 1024.0 * 1024 * 1024 * 1024},
}};

constexpr std::array<Unit, 6> kTimes{
    {{"", 1}, {"s", 1}, {"m", 60}, {"h", 3600}, {"d", 86400}, {"w", 604800}}
};

constexpr double kMost = 9e15;  // what a double counts without gaps

/// A number, 0 or more, and one of the units.
std::optional<std::int64_t> Quantity(std::string_view text, std::span<const Unit> units) {
    double number = 0;
    const auto [stop, error] =
        std::from_chars(text.data(), text.data() + text.size(), number, std::chars_format::fixed);
    if (error != std::errc{} || !std::isfinite(number) || std::signbit(number)) {
        return std::nullopt;
    }
    std::string name(text.substr(static_cast<std::size_t>(stop - text.data())));
    name.erase(0, std::min(name.find_first_not_of(' '), name.size()));
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    const auto unit = std::ranges::find(units, name, &Unit::first);
    if (unit == units.end() || number * unit->second > kMost) {
        return std::nullopt;
    }
    return std::llround(number * unit->second);
}

std::string FaultOf(const std::string& text, const Result<std::int64_t>& parsed) {
    return text.empty() || parsed ? "" : parsed.error().message;
}

}  // namespace

Result<std::int64_t> ParseBytes(std::string_view text) {
    const auto bytes = Quantity(text, kSizes);
    return bytes
               ? Result<std::int64_t>(*bytes)
               : Fail(
                     ErrorCode::kInvalidArgument, fmt::format("'{}' is no size like 1500, 10MB or 2GiB", text)
                 );
}

Result<std::int64_t> ParseAge(std::string_view text) {
    const auto seconds = Quantity(text, kTimes);
    return seconds
               ? Result<std::int64_t>(*seconds)
               : Fail(
                     ErrorCode::kInvalidArgument, fmt::format("'{}' is no age like 30s, 90m, 2h or 7d", text)
                 );
}

std::string IsBytes(const std::string& text) {
    return FaultOf(text, ParseBytes(text));
}

std::string IsAge(const std::string& text) {
    return FaultOf(text, ParseAge(text));
}

}  // namespace notify
