#include "http/entity_tag.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/trimmed.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"

namespace notify {

namespace {

constexpr std::size_t kTagDigits = 16;

/// One of a list of tags (RFC 9110, 13.1.1), or "*".
bool IsNamed(std::string_view tags, std::string_view tag) {
    while (!tags.empty()) {
        const auto comma = std::min(tags.find(','), tags.size());
        const auto each = Trimmed(tags.substr(0, comma));
        if (each == "*" || (each == tag && !tag.empty())) {
            return true;
        }
        tags.remove_prefix(std::min(comma + 1, tags.size()));
    }
    return false;
}

}  // namespace

std::string TagOf(std::string_view body, const std::vector<std::string_view>& members) {
    const auto json = ParseJson(body);
    if (!json || !json->is_object()) {
        return {};
    }
    boost::json::object edited;
    for (const auto member : members) {
        if (const auto* const value = json->as_object().if_contains(member)) {
            edited[member] = *value;
        }
    }
    return fmt::format("\"{}\"", Sha256Hex(ToJsonText(edited)).substr(0, kTagDigits));
}

Result<void> CheckTag(const Request& request, std::string_view tag) {
    const auto wanted = request.Header("if-match");
    if (wanted.empty() || IsNamed(wanted, tag)) {
        return {};
    }
    return Unexpected(
        Error{
            .code = ErrorCode::kConflict,
            .reason = std::string(kChangedSince),
            .message = "it has changed since it was read: look again, and decide again"
        }
    );
}

}  // namespace notify
