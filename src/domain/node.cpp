#include "domain/node.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/trimmed.hpp"

namespace notify {

namespace {

constexpr std::array<std::pair<Role, std::string_view>, 4> kNames{{
    {Role::kApi, "api"},
    {Role::kScheduler, "scheduler"},
    {Role::kWorker, "worker"},
    {Role::kDelivery, "delivery"},
}};

}  // namespace

std::string_view ToString(Role role) noexcept {
    const auto* const found = std::ranges::find(kNames, role, &std::pair<Role, std::string_view>::first);
    return found == kNames.end() ? std::string_view() : found->second;
}

std::string Roles::Text() const {
    std::string text;
    for (const auto& [role, name] : kNames) {
        if (Has(role)) {
            text += text.empty() ? "" : ",";
            text += name;
        }
    }
    return text;
}

Result<Roles> Roles::Parse(std::string_view text) {
    Roles roles;
    while (!text.empty()) {
        const auto comma = text.find(',');
        const auto word = Trimmed(text.substr(0, comma));
        const auto* const found = std::ranges::find(kNames, word, &std::pair<Role, std::string_view>::second);
        if (found == kNames.end()) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("'{}' is no role: there are api, scheduler, worker and delivery", word)
            );
        }
        roles = roles.With(found->first);
        text = comma == std::string_view::npos ? std::string_view() : text.substr(comma + 1);
    }
    return roles == Roles()
               ? Fail(ErrorCode::kInvalidArgument, "a node needs a role: api, scheduler, worker or delivery")
               : Result<Roles>(roles);
}

}  // namespace notify
