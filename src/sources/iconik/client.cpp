#include "sources/iconik/client.hpp"

#include <cstddef>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "sources/access.hpp"
#include "sources/iconik/budget.hpp"
#include "sources/iconik/faults.hpp"
#include "sources/objects/answers.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/pace.hpp"

namespace notify::iconik {

namespace {

constexpr std::size_t kMostAnswerBytes = 32U << 20U;

HttpClientSettings Keeping(HttpClientSettings network) {
    network.keep_connections = true;
    return network;
}

std::string HostOf(const std::string& url) {
    return Url::Parse(url).map([](const Url& parsed) { return parsed.Host(); }).value_or(url);
}

std::string AddressOf(const std::string& base, const Request& request) {
    const auto* const slash = request.path.ends_with('/') ? "" : "/";
    const auto* const mark = request.query.empty() ? "" : "?";
    return fmt::format("{}/API/{}{}{}{}", base, request.path, slash, mark, request.query);
}

/// A write that may have been done is not asked for again.
Error AfterWrite(Error fault, const Asked& asked) {
    const bool unknown = fault.reason == objects::kStoreFault || fault.reason == objects::kInterrupted ||
                         fault.reason == objects::kWrongAnswer;
    if (unknown) {
        fault.reason = kUncertain;
        fault.message = fmt::format("it is not known whether {} was written: {}", asked.what, fault.message);
    }
    return fault;
}

void TakeOut(const std::string& secret, std::string& text) {
    for (auto at = secret.empty() ? std::string::npos : text.find(secret); at != std::string::npos;
         at = text.find(secret, at)) {
        text.replace(at, secret.size(), "[redacted]");
    }
}

}  // namespace

std::string TextIn(const boost::json::object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

Client::Client(
    ClientSettings settings, CredentialsProvider credentials, RateBudgets& budgets, const Clock& clock
)
    : settings_(std::move(settings)),
      host_(HostOf(settings_.base_url)),
      credentials_(std::move(credentials)),
      budgets_(budgets),
      clock_(clock),
      http_(Keeping(settings_.network)),
      pace_(settings_.retry, settings_.limits),
      refused_(clock) {}

Result<Secret> Client::SecretNow() const {
    const auto refused = refused_.Last();
    return credentials_(refused ? &*refused : nullptr);
}

Result<HttpResponse> Client::SendWith(
    const Request& request, const Secret& secret, const std::stop_token& stop
) {
    const Asked asked{.host = host_, .what = request.what, .action = request.action};
    auto url = Url::Parse(AddressOf(settings_.base_url, request));
    if (!url) {
        return Unexpected(url.error());
    }
    HttpRequest sent{
        .method = request.method,
        .url = *std::move(url),
        .headers = {{"app-id", secret.access_key}, {"auth-token", secret.secret_key}},
        .body = request.body ? ToJsonText(*request.body) : std::string(),
        .total_timeout = settings_.timeout,
        .max_response_bytes = kMostAnswerBytes,
    };
    if (request.body) {
        sent.headers.emplace_back("content-type", "application/json");
    }
    std::string kept;
    const objects::TakeBody none;
    sent.take_body = pace_.Receiver(none, kept, kMostAnswerBytes, stop);
    auto response = http_.Send(sent, stop);
    if (!response) {
        return Unexpected(FaultOf(response.error(), asked));
    }
    budgets_.Of(settings_.base_url, secret.access_key).Note(*response);
    response->body = std::move(kept);
    if (response->status / 100 != 2) {
        TakeOut(
            secret.secret_key, response->body
        );  // sentences quote it, and proxies show what they were sent
        TakeOut(secret.access_key, response->body);
        return Unexpected(FaultOf(*response, asked, clock_.Now()));
    }
    return response;
}

/// `corrected`: whether the request was already made again with other credentials.
objects::Attempt Client::Try(const Request& request, bool& corrected, const std::stop_token& stop) {
    const Asked asked{.host = host_, .what = request.what, .action = request.action};
    const auto secret = SecretNow();
    if (!secret) {
        return {.answer = Unexpected(secret.error())};
    }
    if (!refused_.MayTry(*secret)) {
        return {.answer = Unexpected(RefusedFault(asked))};
    }
    auto& budget = budgets_.Of(settings_.base_url, secret->access_key);
    const int nodes = budgets_.Nodes();
    const auto waited = request.can_wait ? budget.AwaitAside(nodes, stop) : budget.Await(nodes, stop);
    if (!waited) {
        return {.answer = Unexpected(waited.error())};
    }
    auto answer = SendWith(request, *secret, stop);
    if (answer) {
        refused_.Accept(*secret);
        return {.answer = std::move(answer)};
    }
    if (answer.error().reason == objects::kCredentialsRefused) {
        refused_.Refuse(*secret);
        const auto other = SecretNow();
        corrected = !corrected && other && *other != *secret;
        return {.answer = std::move(answer), .corrected = corrected};
    }
    return {.answer = request.repeatable ? std::move(answer) : Unexpected(AfterWrite(answer.error(), asked))};
}

Result<boost::json::value> Client::Send(const Request& request, const std::stop_token& stop) {
    bool corrected = false;
    const auto response = pace_.Persist([&] { return Try(request, corrected, stop); }, stop);
    if (!response) {
        return Unexpected(response.error());
    }
    if (response->body.empty()) {
        return boost::json::value();
    }
    const Asked asked{.host = host_, .what = request.what, .action = request.action};
    if (objects::LooksLikeHtml(response->body)) {
        return Unexpected(NoAnswerFault(asked, "it sends a web page"));
    }
    return ParseJson(response->body).map_error([&](const Error&) {
        return NoAnswerFault(asked, "it sends no JSON");
    });
}

}  // namespace notify::iconik
