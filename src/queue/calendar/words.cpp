#include "queue/calendar/words.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>
#include <system_error>
#include <vector>

namespace notify {

namespace {

constexpr std::size_t kMostDigits = 4;

constexpr std::array<std::string_view, 7> kWeekdays{"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
constexpr std::array<std::string_view, 12> kMonths{
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"
};

/// Which of the names the text is, whatever its case.
std::optional<int> PlaceIn(std::span<const std::string_view> names, std::string_view text) {
    const auto found = std::ranges::find_if(names, [&](std::string_view name) {
        return std::ranges::equal(name, text, {}, {}, [](char c) {
            return static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
        });
    });
    return found == names.end() ? std::nullopt : std::optional(static_cast<int>(found - names.begin()));
}

}  // namespace

std::vector<std::string_view> Split(std::string_view text, char separator) {
    std::vector<std::string_view> parts;
    for (auto at = text.find(separator); at != std::string_view::npos; at = text.find(separator)) {
        parts.push_back(text.substr(0, at));
        text.remove_prefix(at + 1);
    }
    parts.push_back(text);
    return parts;
}

std::vector<std::string_view> WordsOf(std::string_view text) {
    constexpr std::string_view kBlank = " \t";
    std::vector<std::string_view> words;
    for (auto at = text.find_first_not_of(kBlank); at != std::string_view::npos;
         at = text.find_first_not_of(kBlank)) {
        text.remove_prefix(at);
        const auto word = text.substr(0, text.find_first_of(kBlank));
        words.push_back(word);
        text.remove_prefix(word.size());
    }
    return words;
}

std::optional<int> SmallNumber(std::string_view text) {
    int number = 0;
    const auto [stop, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && stop == text.data() + text.size() && text.front() != '-';
    return whole && text.size() <= kMostDigits ? std::optional(number) : std::nullopt;
}

std::optional<int> WeekdayNamed(std::string_view text) {
    return PlaceIn(kWeekdays, text);
}

std::optional<int> MonthNamed(std::string_view text) {
    const auto place = PlaceIn(kMonths, text);
    return place ? std::optional(*place + 1) : std::nullopt;
}

}  // namespace notify
