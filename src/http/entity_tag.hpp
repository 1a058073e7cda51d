#pragma once

// Tags of what can be edited (RFC 9110, 8.8.3): an edit that says which one it was made for is refused when
// somebody else was first.

#include <functional>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"

namespace notify {

/// In double quotes: of those members of the JSON that is answered; "" when it is no object. What the service
/// itself changes (counters, states) is not among them.
[[nodiscard]] std::string TagOf(std::string_view body, const std::vector<std::string_view>& members);

/// 412 when the request has an If-Match that does not name `tag`; nothing when it may go on.
[[nodiscard]] std::optional<Response> ChangedSince(const Request& request, std::string_view tag);

/// Edits that have a condition: one of each path at a time, so that it still holds when they are made.
/// Thread-safe.
class ConditionalEdits final {
public:
    /// What `edit` answers; 412 when another of the same path is being made at this moment.
    [[nodiscard]] Response Alone(const Request& request, const std::function<Response()>& edit);

private:
    std::mutex mutex_;
    std::set<std::string> paths_;
};

}  // namespace notify
