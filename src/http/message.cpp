#include "http/message.hpp"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/percent.hpp"
#include "core/result.hpp"
#include "delivery/clean_text.hpp"

namespace notify {

namespace {

std::string_view Find(const std::map<std::string, std::string, std::less<>>& map, std::string_view name) {
    const auto found = map.find(name);
    return found == map.end() ? std::string_view() : std::string_view(found->second);
}

/// The text decoded; nothing when it is malformed or no UTF-8, which no answer could repeat.
std::optional<std::string> DecodedText(std::string_view text, bool query) {
    auto decoded = PercentDecoded(text, query);
    return decoded && IsUtf8(*decoded) ? decoded : std::nullopt;
}

}  // namespace

std::string_view Request::Header(std::string_view name) const {
    return Find(headers, name);
}

std::string_view Request::Query(std::string_view name) const {
    return Find(query, name);
}

Result<void> SetTarget(Request& request, std::string_view target) {
    const auto refuse = [&] {
        return Fail(ErrorCode::kInvalidArgument, "the request's target is malformed");
    };
    const auto mark = target.find('?');
    const auto path = target.substr(0, mark);
    if (!target.starts_with('/') || !IsUtf8(path) || !DecodedText(path, false) ||
        target.find('#') != std::string_view::npos) {
        return refuse();
    }
    request.path = path;
    std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const auto pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        const auto equals = pair.find('=');
        const auto name = DecodedText(pair.substr(0, equals), true);
        const auto value = DecodedText(
            equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true
        );
        if (!name || !value) {
            return refuse();
        }
        request.query[*name] = *value;
    }
    return {};
}

std::string_view TraceOf(const Request& request) {
    static constexpr std::size_t kLength = 55;  // 00-TRACE-PARENT-FLAGS
    static constexpr std::size_t kTrace = 3;
    static constexpr std::size_t kTraceLength = 32;
    const auto text = request.Header("traceparent");
    const auto is_hex = [](char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); };
    const auto trace = text.size() >= kLength ? text.substr(kTrace, kTraceLength) : std::string_view();
    const bool good = !trace.empty() && text[2] == '-' && text[kTrace + kTraceLength] == '-' &&
                      std::ranges::all_of(trace, is_hex) &&
                      trace.find_first_not_of('0') != std::string_view::npos;
    return good ? trace : std::string_view();
}

}  // namespace notify
