#pragma once

// Tags of what can be edited (RFC 9110, 8.8.3): an edit that says which one it was made for is refused when
// somebody else was first.

#include <string>
#include <string_view>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "http/described.hpp"
#include "http/message.hpp"

namespace notify {

/// In double quotes: of those members of the JSON that is answered; "" when it is no object. What the service
/// itself changes (counters, states) is not among them.
[[nodiscard]] std::string TagOf(std::string_view body, const std::vector<std::string_view>& members);

/// kConflict with kChangedSince (412) when the request has an If-Match that does not name `tag`.
[[nodiscard]] Result<void> CheckTag(const Request& request, std::string_view tag);

/// Whether the edit depends on what is there: what that is need not be looked up otherwise.
[[nodiscard]] inline bool IsConditional(const Request& request) {
    return !request.Header("if-match").empty();
}

/// CheckTag with the tag of what is there: `shown` is its view, `Change` has the members that may be edited
/// of it, as Route::edits. For the edit's own transaction, so that nobody comes between.
template <class Change, class View>
[[nodiscard]] Result<void> CheckUnchanged(const Request& request, const View& shown) {
    return CheckTag(request, TagOf(ToJsonText(described::ToJson(shown)), described::MemberNames<Change>()));
}

}  // namespace notify
