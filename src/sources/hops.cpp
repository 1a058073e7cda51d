#include "sources/hops.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "core/ip_address.hpp"
#include "core/json.hpp"
#include "core/proxy.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "domain/source.hpp"
#include "sources/objects/faults.hpp"

namespace notify {

namespace {

constexpr std::array<std::string_view, 8> kStoreHops{
    "setup", "proxy", "dns", "connect", "tls", "answer", "credentials", "bucket"
};

/// The hop at which an error of that reason happened.
std::string_view HopAt(std::string_view reason) {
    struct Row {
        std::string_view reason;
        std::string_view hop;
    };

    static constexpr std::array<Row, 18> kRows{{
        {.reason = "", .hop = "setup"},
        {.reason = objects::kBadNetworkSetup, .hop = "setup"},
        {.reason = objects::kProxyFailed, .hop = "proxy"},
        {.reason = objects::kUnknownHost, .hop = "dns"},
        {.reason = objects::kUnreachable, .hop = "connect"},
        {.reason = objects::kInterrupted, .hop = "connect"},
        {.reason = objects::kTlsRefused, .hop = "tls"},
        {.reason = objects::kNotAStore, .hop = "answer"},
        {.reason = objects::kWrongAnswer, .hop = "answer"},
        {.reason = objects::kSlowDown, .hop = "answer"},
        {.reason = objects::kStoreFault, .hop = "answer"},
        {.reason = objects::kNoCredentials, .hop = "credentials"},
        {.reason = objects::kCredentialsRefused, .hop = "credentials"},
        {.reason = objects::kCredentialsExpired, .hop = "credentials"},
        {.reason = objects::kClockOff, .hop = "credentials"},
        {.reason = objects::kAccessDenied, .hop = "credentials"},
        {.reason = objects::kNoBucket, .hop = "bucket"},
        {.reason = objects::kWrongRegion, .hop = "bucket"},
    }};
    const auto* const row = std::ranges::find(kRows, reason, &Row::reason);
    return row == kRows.end() ? "bucket" : row->hop;  // a store's answer, and none of those with a name
}

std::string Text(const boost::json::object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

/// How a store is gone to.
struct Way {
    bool by_proxy = false;
    bool by_name = true;
    bool encrypted = true;

    [[nodiscard]] bool Has(std::string_view hop) const {
        return hop == "proxy"     ? by_proxy
               : hop == "dns"     ? by_name && !by_proxy
               : hop == "connect" ? !by_proxy
               : hop == "tls"     ? encrypted
                                  : true;
    }
};

Way WayTo(const Source& source) {
    const auto json = ParseJson(source.config);
    const auto config = json && json->is_object() ? json->get_object() : boost::json::object();
    const auto endpoint = Text(config, "endpoint");
    const auto url = Url::Parse(endpoint.empty() ? Text(config, "queue_url") : endpoint);
    if (!url) {
        return {.by_proxy = !Text(config, "proxy").empty()};
    }
    return {
        .by_proxy = !Text(config, "proxy").empty() && !IsLeftOut(url->Host(), Text(config, "no_proxy")),
        .by_name = !IpAddress::Parse(url->Host()),
        .encrypted = url->Scheme() == "https"
    };
}

/// What is at the end of the way is named as what it is.
std::string_view Named(std::string_view hop, const Source& source) {
    return hop == "bucket" && source.kind == "sqs" ? "queue" : hop;
}

}  // namespace

std::vector<Hop> HopsOf(const Source& source, const Result<void>& checked) {
    if (source.kind == "local") {
        return {{.name = "folder", .state = checked ? HopState::kPassed : HopState::kFailed}};
    }
    const auto way = WayTo(source);
    auto failed = checked ? std::string_view() : HopAt(checked.error().reason);
    if (way.by_proxy && (failed == "dns" || failed == "connect")) {
        failed = "proxy";  // the only one that we look up and connect to
    }
    std::vector<Hop> hops;
    const bool asked = checked || checked.error().reason != objects::kNoCredentials;
    auto state = asked ? HopState::kPassed : HopState::kNotReached;
    for (const auto name : kStoreHops) {
        const bool ends_here = name == failed;
        if (way.Has(name) || ends_here) {
            hops.push_back({.name = Named(name, source), .state = ends_here ? HopState::kFailed : state});
        }
        state = ends_here ? HopState::kNotReached : state;
    }
    return hops;
}

}  // namespace notify
