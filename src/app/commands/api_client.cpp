#include "app/commands/api_client.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <fmt/core.h>

#include "app/api_call.hpp"
#include "app/control_socket.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

std::string MemberText(const boost::json::object& object, std::string_view name) {
    const auto* value = object.if_contains(name);
    return value != nullptr && value->is_string() ? std::string(value->get_string()) : std::string();
}

struct Spoken {
    std::string_view member;  ///< Of a request's body.
    std::string_view word;    ///< What a person gave.
};

constexpr std::array<Spoken, 35> kSpoken{{
    {.member = "location", .word = "the folder"},
    {.member = "name", .word = "the name"},
    {.member = "include", .word = "--include"},
    {.member = "exclude", .word = "--exclude"},
    {.member = "settle_seconds", .word = "--settle-seconds"},
    {.member = "scan_interval_seconds", .word = "--scan-seconds"},
    {.member = "biometric_basis", .word = "--biometric-basis"},
    {.member = "processor", .word = "--processor"},
    {.member = "config", .word = "--config"},
    {.member = "media_types", .word = "--media-type"},
    {.member = "path_glob", .word = "--path"},
    {.member = "priority", .word = "--priority"},
    {.member = "bucket", .word = "--bucket"},
    {.member = "source", .word = "--source"},
    {.member = "photos", .word = "the photos"},
    {.member = "url", .word = "the URL"},
    {.member = "types", .word = "--types"},
    {.member = "scopes", .word = "--scope"},
    {.member = "description", .word = "the description"},
    {.member = "weight", .word = "--weight"},
    {.member = "max_in_flight", .word = "--max-in-flight"},
    {.member = "overlap_hours", .word = "--overlap-hours"},
    {.member = "since", .word = "--since"},
    {.member = "from_sequence", .word = "--from-sequence"},
    {.member = "to_sequence", .word = "--to-sequence"},
    {.member = "expires_at", .word = "--expires"},
    {.member = "backlog", .word = "--backlog"},
    {.member = "items_per_day", .word = "--items-per-day"},
    {.member = "decode_hours_per_day", .word = "--hours-per-day"},
    {.member = "processors", .word = "--processor"},
    {.member = "csv", .word = "the file"},
    {.member = "system_endpoint", .word = "--system-endpoint"},
    {.member = "webhook_name", .word = "--webhook-name"},
    {.member = "action_title", .word = "--action-title"},
    {.member = "passphrase", .word = "the passphrase"},
}};

/// "/rules/0/config/fps" without "/rules/0": the commands speak of one rule.
std::string_view InRule(std::string_view pointer) {
    constexpr std::string_view kRules = "/rules/";
    const auto slash =
        pointer.starts_with(kRules) ? pointer.find('/', kRules.size()) : std::string_view::npos;
    return slash == std::string_view::npos ? pointer : pointer.substr(slash);
}

/// "/rules/0/config/fps" as "--config /fps"; "" when nothing is known by that name.
std::string SpokenName(std::string_view pointer) {
    const auto inner = InRule(pointer);
    const auto rest = inner.substr(std::min<std::size_t>(1, inner.size()));
    const auto member = rest.substr(0, rest.find('/'));
    const auto* const found = std::ranges::find(kSpoken, member, &Spoken::member);
    if (found == kSpoken.end()) {
        return "";
    }
    const auto inside = rest.substr(member.size());
    return member == "config" && !inside.empty() ? fmt::format("--config {}", inside)
                                                 : std::string(found->word);
}

/// Members named inside a sentence, as options: "biometric_basis" as "--biometric-basis".
std::string WithOptions(std::string text) {
    for (const auto& [member, word] : kSpoken) {
        if (!word.starts_with("--") || member.find('_') == std::string_view::npos) {
            continue;
        }
        for (auto at = text.find(member); at != std::string::npos; at = text.find(member, at + word.size())) {
            text.replace(at, member.size(), word);
        }
    }
    return text;
}

/// The sentence of a problem with what a person gave in the place of the pointer.
std::string InWords(std::string pointer, std::string_view detail) {
    const auto colon = detail.find(": ");
    if (detail.starts_with('/') && colon != std::string_view::npos) {
        const auto named = detail.substr(0, colon);
        if (pointer.empty() || pointer.starts_with(named)) {
            pointer = pointer.empty() ? named : pointer;
            detail = SpokenName(named).empty() ? detail : detail.substr(colon + 2);
        }
    }
    const auto name = SpokenName(pointer);
    return name.empty() ? std::string(detail) : fmt::format("{}: {}", name, WithOptions(std::string(detail)));
}

Error FromProblem(int status, const boost::json::value& body) {
    Error error{.code = ErrorCode::kInternal, .message = fmt::format("the service answered {}", status)};
    if (body.is_object()) {
        const auto& problem = body.get_object();
        const auto detail = MemberText(problem, "detail");
        error.code = ErrorCodeFrom(MemberText(problem, "code")).value_or(error.code);
        if (!detail.empty()) {
            error.message = InWords(MemberText(problem, "pointer"), detail);
        }
    }
    return error;
}

}  // namespace

Result<ApiAnswer> ApiClient::Send(const ApiCall& call) {
    auto answer = CallService(settings_.data_dir / "control.sock", call);
    if (answer || answer.error().code != ErrorCode::kNotFound) {
        return answer;
    }
    if (!local_) {
        auto opened = open_locally_();
        if (!opened) {
            return Unexpected(opened.error());
        }
        local_ = std::move(*opened);
    }
    return local_(call);
}

Result<boost::json::value> ApiClient::Call(
    std::string_view method, std::string_view target, const boost::json::value& body
) {
    const auto answer = Send(
        {.method = std::string(method),
         .target = std::string(target),
         .body = body.is_null() ? "" : ToJsonText(body)}
    );
    if (!answer) {
        return Unexpected(answer.error());
    }
    auto value = answer->body.empty() ? Result<boost::json::value>(nullptr) : ParseJson(answer->body);
    if (!value) {
        return Unexpected(value.error().Within("the service's answer"));
    }
    return answer->status < 400 ? value : Unexpected(FromProblem(answer->status, *value));
}

Result<boost::json::value> ApiClient::List(std::string_view target) {
    boost::json::array rows;
    std::string after;
    do {
        const auto page = Call(
            "GET",
            fmt::format(
                "{}{}limit=200&after={}",
                target,
                target.find('?') == std::string_view::npos ? '?' : '&',
                PercentEncoded(after)
            )
        );
        if (!page) {
            return page;
        }
        for (const auto& row : page->at("rows").as_array()) {
            rows.push_back(row);
        }
        after = page->at("next").as_string();
    } while (!after.empty());
    return boost::json::object{{"rows", std::move(rows)}};
}

Result<std::string> ApiClient::Fetch(
    std::string_view method, std::string_view target, const boost::json::value& body
) {
    auto answer = Send(
        {.method = std::string(method),
         .target = std::string(target),
         .body = body.is_null() ? "" : ToJsonText(body)}
    );
    if (!answer) {
        return Unexpected(answer.error());
    }
    if (answer->status < 400) {
        return std::move(answer->body);
    }
    const auto problem = ParseJson(answer->body);
    return Unexpected(problem ? FromProblem(answer->status, *problem) : problem.error());
}

}  // namespace notify
