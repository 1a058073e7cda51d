#include "http/parameters.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <regex>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "http/message.hpp"
#include "http/words.hpp"

namespace notify {

namespace {

constexpr std::size_t kMostOfPattern = 200;  // characters; the library's matching is recursive

std::optional<std::int64_t> WholeNumber(std::string_view text) {
    std::int64_t value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc{} && end == text.data() + text.size() ? std::optional(value) : std::nullopt;
}

/// "a whole number from 1 to 200": what the value is not; nothing when it is.
std::optional<std::string> Missed(const Parameter& parameter, const std::string& value) {
    if (value.empty()) {
        return parameter.may_be_empty ? std::nullopt
                                      : std::optional<std::string>("given a value or left out");
    }
    if (parameter.range) {
        const auto [least, most] = *parameter.range;
        const auto number = WholeNumber(value);
        const bool fits = number && *number >= least && *number <= most;
        return fits ? std::nullopt : std::optional(fmt::format("a whole number from {} to {}", least, most));
    }
    if (!parameter.words.empty()) {
        const bool fits = std::ranges::find(parameter.words, value) != parameter.words.end();
        return fits ? std::nullopt
                    : std::optional(fmt::format("one of {}", fmt::join(parameter.words, ", ")));
    }
    const bool fits = parameter.pattern.empty() || (value.size() <= kMostOfPattern &&
                                                    std::regex_match(value, std::regex(parameter.pattern)));
    return fits ? std::nullopt : std::optional<std::string>("as an answer of the service gave it");
}

}  // namespace

Result<void> CheckQuery(const Request& request, const std::vector<Parameter>& known) {
    for (const auto& [name, value] : request.query) {
        const auto found = std::ranges::find(known, name, &Parameter::name);
        if (found == known.end()) {
            std::vector<std::string_view> names;
            names.reserve(known.size());
            for (const auto& parameter : known) {
                names.push_back(parameter.name);
            }
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "there is no parameter '{}' here; there are: {}",
                    name,
                    names.empty() ? "none" : fmt::format("{}", fmt::join(names, ", "))
                )
            );
        }
        if (const auto missed = Missed(*found, value)) {
            return Fail(ErrorCode::kInvalidArgument, fmt::format("{} must be {}", name, *missed));
        }
    }
    return {};
}

boost::json::object SchemaOf(const Parameter& parameter) {
    if (parameter.range) {
        const auto [least, most] = *parameter.range;
        return {{"type", "integer"}, {"minimum", least}, {"maximum", most}};
    }
    boost::json::object schema{{"type", "string"}};
    if (!parameter.words.empty()) {
        schema["enum"] = boost::json::array(parameter.words.begin(), parameter.words.end());
    }
    if (!parameter.may_be_empty) {
        schema["minLength"] = 1;
    }
    if (!parameter.pattern.empty()) {
        schema["pattern"] = parameter.pattern;
    }
    return schema;
}

std::vector<Parameter> PageParameters(std::string_view cursor) {
    return {
        {.name = "limit",
         .description = "Rows on a page; 50 when not given.",
         .range = std::pair<std::int64_t, std::int64_t>(1, 200)},
        {.name = "after",
         .description = "`next` of the page before.",
         .pattern = cursor.empty() ? std::string() : fmt::format("^({})?$", cursor),
         .may_be_empty = true}
    };
}

Parameter StatusParameter() {
    return {
        .name = "status",
        .description = "Only those with this status.",
        .words = {kStatusWords.begin(), kStatusWords.end()}
    };
}

}  // namespace notify
