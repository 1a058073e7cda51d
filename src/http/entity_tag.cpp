#include "http/entity_tag.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"

namespace notify {

namespace {

constexpr std::size_t kTagDigits = 16;

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

std::optional<Response> ChangedSince(const Request& request, std::string_view tag) {
    const auto wanted = request.Header("if-match");
    if (wanted.empty() || wanted == "*" || wanted.find(tag) != std::string_view::npos) {
        return std::nullopt;
    }
    return Problem(
        {.code = ErrorCode::kConflict,
         .reason = std::string(kChangedSince),
         .message = "it has changed since it was read: look again, and decide again"},
        request.id
    );
}

}  // namespace notify
