#include "sources/hops.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "sources/objects/faults.hpp"

namespace notify {

namespace {

constexpr std::array<std::string_view, 7> kStoreHops{
    "setup", "proxy", "dns", "connect", "tls", "credentials", "bucket"
};

/// The hop at which an error of that reason happened.
std::string_view HopAt(std::string_view reason) {
    struct Row {
        std::string_view reason;
        std::string_view hop;
    };

    static constexpr std::array<Row, 12> kRows{{
        {.reason = objects::kBadNetworkSetup, .hop = "setup"},
        {.reason = objects::kProxyFailed, .hop = "proxy"},
        {.reason = objects::kUnknownHost, .hop = "dns"},
        {.reason = objects::kUnreachable, .hop = "connect"},
        {.reason = objects::kInterrupted, .hop = "connect"},
        {.reason = objects::kTlsRefused, .hop = "tls"},
        {.reason = objects::kCredentialsRefused, .hop = "credentials"},
        {.reason = objects::kCredentialsExpired, .hop = "credentials"},
        {.reason = objects::kClockOff, .hop = "credentials"},
        {.reason = objects::kAccessDenied, .hop = "credentials"},
        {.reason = objects::kNoBucket, .hop = "bucket"},
        {.reason = objects::kWrongRegion, .hop = "bucket"},
    }};
    const auto* const row = std::ranges::find(kRows, reason, &Row::reason);
    return row == kRows.end() ? "bucket" : row->hop;  // it answered, but not as an S3 store does
}

}  // namespace

std::vector<Hop> HopsOf(std::string_view kind, const Result<void>& checked) {
    if (kind == "local") {
        return {{.name = "folder", .state = checked ? HopState::kPassed : HopState::kFailed}};
    }
    std::vector<Hop> hops;
    auto state = HopState::kPassed;
    const auto failed = checked ? std::string_view() : HopAt(checked.error().reason);
    for (const auto name : kStoreHops) {
        const bool ends_here = name == failed;
        hops.push_back({.name = name, .state = ends_here ? HopState::kFailed : state});
        state = ends_here ? HopState::kNotReached : state;
    }
    return hops;
}

}  // namespace notify
