#include "http/idempotency.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/hash.hpp"
#include "core/log.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::string_view kHeader = "idempotency-key";
constexpr auto kKeptFor = std::chrono::hours(24);
constexpr std::size_t kLongest = 255;

bool IsKey(std::string_view key) {
    return !key.empty() && key.size() <= kLongest &&
           std::ranges::all_of(key, [](char c) { return c > ' ' && c <= '~'; });
}

/// Of everything that decides what is done.
std::string DigestOf(const Request& request) {
    std::string asked = request.method + '\n' + request.path + '\n';
    for (const auto& [name, value] : request.query) {
        asked += fmt::format("{}={}\n", name, value);
    }
    return Sha256Hex(asked + '\n' + request.body);
}

Response Repeated(const KeptAnswer& first, const KeptAnswer& again, std::string_view request_id) {
    if (first.request_sha256 != again.request_sha256) {
        return ProblemOf(
            422, "idempotency_key_reused", "another request came with this Idempotency-Key", request_id
        );
    }
    if (first.status == 0) {
        return ProblemOf(
            409,
            "conflict",
            "the first request with this Idempotency-Key was not answered; look whether it was done",
            request_id
        );
    }
    if (first.body.empty() && first.status != 204) {
        return ProblemOf(
            409, "conflict", "that was done; its answer shows a secret, and is given one time", request_id
        );
    }
    Response response{.status = first.status, .body = first.body};
    response.headers.emplace_back("Idempotent-Replayed", "true");
    return response;
}

void Settle(Storage& storage, const KeptAnswer& answer) {
    const bool done = answer.status >= 200 && answer.status < 300;
    const auto settled = storage.Write([&](Transaction& transaction) {
        return done ? transaction.keys.SetAnswer(answer)
                    : transaction.keys.ForgetAnswer(answer.caller, answer.key);
    });
    if (!settled) {
        Log(LogLevel::kWarn, "an answer was not kept", {{"reason", settled.error().message}});
    }
}

}  // namespace

Parameter IdempotencyKey() {
    return {
        .name = "Idempotency-Key",
        .description =
            "Up to 255 visible characters. Sent again with it within a day the request is not done "
            "again: it is answered as the first time.",
        .pattern = "^[!-~]{1,255}$"
    };
}

Response HandleOnce(
    Storage& storage,
    const Clock& clock,
    Request& request,
    AnswerKept kept,
    const std::function<Response(Request&)>& handle
) {
    if (!request.headers.contains(kHeader)) {
        return handle(request);
    }
    const auto key = request.Header(kHeader);
    if (!IsKey(key)) {
        return ProblemOf(
            400, "invalid_argument", "Idempotency-Key must be 1 to 255 visible characters", request.id
        );
    }
    KeptAnswer answer{
        .caller = request.caller.actor,
        .key = std::string(key),
        .request_sha256 = DigestOf(request),
        .status = 0,
        .body = {},
        .at = clock.Now()
    };
    const auto first = storage.Write([&](Transaction& transaction) {
        return transaction.keys.KeepAnswer(answer, answer.at - kKeptFor);
    });
    if (!first) {
        return Problem(first.error(), request.id);
    }
    if (*first) {
        return Repeated(**first, answer, request.id);
    }
    Response response;
    try {
        response = handle(request);
    } catch (...) {
        answer.status = 500;
        Settle(storage, answer);
        throw;
    }
    answer.status = response.status;
    answer.body = kept == AnswerKept::kYes ? response.body : std::string();
    Settle(storage, answer);
    return response;
}

}  // namespace notify
