// Connection: how it waits for what the server answers, and when it waits no longer.

#include <chrono>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <openssl/ssl.h>
#include <openssl/types.h>
#include <poll.h>
#include <sys/poll.h>
#include <sys/socket.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "storage/database_away.hpp"
#include "storage/postgres/connection.hpp"
#include "storage/postgres/faults.hpp"

namespace notify::postgres {

namespace {

using std::chrono::milliseconds;
using Steady = std::chrono::steady_clock;

constexpr milliseconds kAskAfter{5000};

struct FreeOptions {
    void operator()(PQconninfoOption* options) const noexcept { PQconninfoFree(options); }
};

bool IsDone(const PGresult* result) noexcept {
    const auto status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

}  // namespace

void Connection::WaitForEver(bool for_ever) noexcept {
    waits_for_ever_ = for_ever;
    // or libpq itself waits for room when it sends much
    PQsetnonblocking(handle_, for_ever ? 0 : 1);
}

Result<ResultPtr> Connection::Answer(bool is_sent, std::string_view doing, milliseconds patience) {
    ResultPtr last;
    while (is_sent) {
        if (auto there = Await(doing, patience); !there) {
            return Unexpected(there.error());
        }
        ResultPtr next(PQgetResult(handle_));
        if (!next) {
            break;
        }
        last = std::move(next);
    }
    if (IsDone(last.get())) {
        return last;
    }
    auto error = FaultOf(handle_, last.get(), doing);
    prepares_ = prepares_ && error.reason != kForgotten;
    return Unexpected(std::move(error));
}

Result<void> Connection::Await(std::string_view doing, milliseconds patience) {
    auto heard_at = Steady::now();
    while (!waits_for_ever_) {
        const bool has_to_send = PQflush(handle_) == 1;
        if (!has_to_send && PQisBusy(handle_) == 0) {
            break;
        }
        pollfd ready{
            .fd = PQsocket(handle_),
            .events = static_cast<short>(has_to_send ? POLLIN | POLLOUT : POLLIN),
            .revents = 0
        };
        const int count = poll(&ready, 1, static_cast<int>(kAskAfter.count()));
        const auto silent = Steady::now() - heard_at;
        if (count > 0) {
            TakeIn();
            heard_at = Steady::now();
        } else if (
            // it may have answered while it was asked
            count == 0 && (silent >= patience || !IsServerThere()) && poll(&ready, 1, 0) == 0
        ) {
            Break();
            return Unexpected(
                Error{
                    .code = ErrorCode::kUnavailable,
                    .stage = "storage",
                    .reason = std::string(kDatabaseAway),
                    .retry_after = {},
                    .message = fmt::format(
                        "database: cannot {}: PostgreSQL, or what is between, stands still; nothing came for "
                        "{} s",
                        doing,
                        std::chrono::duration_cast<std::chrono::seconds>(Steady::now() - heard_at).count()
                    )
                }
            );
        }
    }
    return {};
}

/// What has come. OpenSSL may have read more than libpq had room for, and poll() does not wake for that.
void Connection::TakeIn() {
    const auto has_more = [this] {
        const auto* const tls = static_cast<const SSL*>(PQsslStruct(handle_, "OpenSSL"));
        return tls != nullptr && SSL_pending(tls) > 0;
    };
    while (PQconsumeInput(handle_) == 1 && has_more()) {
    }
}

/// Asks the server that it is connected to, of several.
bool Connection::IsServerThere() const {
    std::vector<const char*> names;
    std::vector<const char*> values;
    const auto add = [&](const char* name, const char* value) {
        names.push_back(name);
        values.push_back(value);
    };
    const std::unique_ptr<PQconninfoOption, FreeOptions> options(PQconninfo(handle_));
    for (const auto* option = options.get(); option != nullptr && option->keyword != nullptr; ++option) {
        add(option->keyword, option->val);
    }
    add("host", PQhost(handle_));
    add("hostaddr", PQhostaddr(handle_));
    add("port", PQport(handle_));
    add("target_session_attrs", "any");
    add(nullptr, nullptr);
    const auto answer = PQpingParams(names.data(), values.data(), 0);
    return answer == PQPING_OK || answer == PQPING_REJECT;
}

/// Also libpq must not wait for it any more.
void Connection::Break() {
    ::shutdown(PQsocket(handle_), SHUT_RDWR);
    while (IsGood() && PQconsumeInput(handle_) == 1) {
    }
}

}  // namespace notify::postgres
