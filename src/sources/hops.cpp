#include "sources/hops.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "sources/s3/faults.hpp"

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
        {.reason = s3::kBadNetworkSetup, .hop = "setup"},
        {.reason = s3::kProxyFailed, .hop = "proxy"},
        {.reason = s3::kUnknownHost, .hop = "dns"},
        {.reason = s3::kUnreachable, .hop = "connect"},
        {.reason = s3::kInterrupted, .hop = "connect"},
        {.reason = s3::kTlsRefused, .hop = "tls"},
        {.reason = s3::kCredentialsRefused, .hop = "credentials"},
        {.reason = s3::kCredentialsExpired, .hop = "credentials"},
        {.reason = s3::kClockOff, .hop = "credentials"},
        {.reason = s3::kAccessDenied, .hop = "credentials"},
        {.reason = s3::kNoBucket, .hop = "bucket"},
        {.reason = s3::kWrongRegion, .hop = "bucket"},
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
