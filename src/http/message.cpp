#include "http/message.hpp"

#include <fmt/format.h>

#include "core/base64.hpp"

namespace notify {

namespace {

/// Decodes %XX, and '+' as a space in queries. Nothing when an escape is broken or a zero byte is in it.
std::optional<std::string> Decoded(std::string_view text, bool query) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const auto byte = FromHex(text.substr(i + 1, 2));
            if (!byte || byte->size() != 1 || byte->front() == '\0') {
                return std::nullopt;
            }
            out += *byte;
            i += 2;
        } else {
            out += query && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string_view Find(const std::map<std::string, std::string, std::less<>>& map, std::string_view name) {
    const auto found = map.find(name);
    return found == map.end() ? std::string_view() : std::string_view(found->second);
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
    auto path = Decoded(target.substr(0, mark), false);
    if (!target.starts_with('/') || !path || target.find('#') != std::string_view::npos) {
        return refuse();
    }
    request.path = std::move(*path);
    std::string_view rest = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
    while (!rest.empty()) {
        const auto end = rest.find('&');
        const auto pair = rest.substr(0, end);
        rest = end == std::string_view::npos ? std::string_view() : rest.substr(end + 1);
        const auto equals = pair.find('=');
        const auto name = Decoded(pair.substr(0, equals), true);
        const auto value =
            Decoded(equals == std::string_view::npos ? std::string_view() : pair.substr(equals + 1), true);
        if (!name || !value) {
            return refuse();
        }
        request.query[*name] = *value;
    }
    return {};
}

}  // namespace notify
