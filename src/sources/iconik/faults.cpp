#include "sources/iconik/faults.hpp"

#include <chrono>
#include <string>
#include <string_view>

#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/json.hpp"
#include "sources/objects/faults.hpp"

namespace notify::iconik {

namespace {

void Append(std::string& sentence, std::string_view field, const boost::json::value& said) {
    if (!said.is_string() || said.get_string().empty()) {
        return;
    }
    const std::string_view text(said.get_string());
    sentence += sentence.empty() ? "" : "; ";
    sentence += field.empty() ? std::string(text) : fmt::format("{}: {}", field, text);
}

/// " (Token is invalid)", or nothing.
std::string Said(const HttpResponse& response) {
    const auto sentence = SentenceOf(response.body);
    return sentence.empty() ? sentence : fmt::format(" ({})", sentence);
}

}  // namespace

std::string SentenceOf(std::string_view body) {
    const auto json = ParseJson(body);
    const auto* errors = json && json->is_object() ? json->get_object().if_contains("errors") : nullptr;
    std::string sentence;
    if (errors != nullptr && errors->is_array()) {
        for (const auto& said : errors->get_array()) {
            Append(sentence, {}, said);
        }
    } else if (errors != nullptr && errors->is_object()) {
        for (const auto& [field, said] : errors->get_object()) {
            const auto& first =
                said.is_array() && !said.get_array().empty() ? said.get_array().front() : said;
            Append(sentence, field, first);
        }
    }
    return objects::CleanText(sentence);
}

Error RefusedFault(const Asked& asked) {
    return objects::CredentialsFault(
        objects::kCredentialsRefused,
        fmt::format(
            "{} does not take the App-ID and its token: they are wrong, have expired or were withdrawn; make "
            "a new token in Iconik (Admin, Settings, Application Tokens) and give it to the source",
            asked.host
        )
    );
}

Error NoAnswerFault(const Asked& asked, std::string_view why) {
    return objects::LastingFault(
        ErrorCode::kUnavailable,
        objects::kNotAStore,
        fmt::format(
            "what answers at {} is not Iconik's API: {}; check the source's endpoint and what stands before "
            "it",
            asked.host,
            why
        )
    );
}

Error FaultOf(const HttpResponse& response, const Asked& asked, Timestamp now) {
    const int status = response.status;
    const objects::Asked place{.endpoint = asked.host, .bucket = {}, .key = {}, .action = {}};
    if (status / 100 == 3) {
        return NoAnswerFault(asked, fmt::format("it sends requests elsewhere (status {})", status));
    }
    if (status == 401) {
        return RefusedFault(asked);
    }
    if (status == 403) {
        return objects::Fault(
            ErrorCode::kUnauthenticated,
            objects::kAccessDenied,
            fmt::format(
                "{} does not let this application {} {}{}: give its user the role that is needed",
                asked.host,
                asked.action,
                asked.what,
                Said(response)
            ),
            std::chrono::minutes(5)
        );
    }
    if (status == 404 || status == 410) {
        return objects::Fault(
            ErrorCode::kNotFound, objects::kNoObject, fmt::format("{} is not in Iconik", asked.what)
        );
    }
    if (status == 408) {
        return objects::RequestTimeoutFault(place);
    }
    if (status == 429) {
        return objects::BusyFault(place, RetryAfter(response, now));
    }
    if (status >= 500) {
        return objects::StoreFault(place, status, RetryAfter(response, now));
    }
    return objects::Fault(
        ErrorCode::kInvalidArgument,
        "refused",
        fmt::format(
            "{} does not {} {} (status {}){}", asked.host, asked.action, asked.what, status, Said(response)
        )
    );
}

Error FaultOf(const Error& transport, const Asked& asked) {
    return objects::FaultOf(
        transport,
        {.endpoint = asked.host, .bucket = {}, .key = asked.what, .action = std::string(asked.action)}
    );
}

}  // namespace notify::iconik
