#include "app/open_engine.hpp"

#include <algorithm>
#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>

#include "app/engine.hpp"
#include "app/settings.hpp"
#include "core/error.hpp"
#include "core/fault_log.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "storage/node_repository.hpp"

namespace notify {

namespace {

using Steady = std::chrono::steady_clock;

/// Whether who has this node's name may be its own last start, of which only a half-open connection is left:
/// who lives is heard of every second. `free_at`: when the name would be free, as it was seen first.
bool MayBeGone(const Error& taken, std::optional<Steady::time_point>& free_at) {
    if (taken.reason != kNameTaken || !taken.retry_after) {
        return false;
    }
    constexpr auto kHeardOf = std::chrono::seconds(2);
    const auto free_now_at = Steady::now() + *taken.retry_after;
    if (!free_at) {
        free_at = free_now_at;
        Log(LogLevel::kWarn,
            "the database has a connection of this node's last start; until that is given up the node waits",
            {{"seconds", std::chrono::ceil<std::chrono::seconds>(*taken.retry_after).count()}});
    }
    return free_now_at < *free_at + kHeardOf;
}

}  // namespace

Result<std::unique_ptr<Engine>> OpenEngine(const Settings& settings, const std::stop_token& stop) {
    FaultLog log(LogLevel::kWarn, "the database does not answer; it is tried again", "the database answers");
    std::optional<Steady::time_point> name_free_at;
    for (int tries = 1;; ++tries) {
        auto engine = Engine::Open(settings, NoData::kMake);
        if (!engine && engine.error().code == ErrorCode::kUnavailable) {
            log.Note(Unexpected(engine.error()));
        } else if (engine || !MayBeGone(engine.error(), name_free_at)) {
            return engine;
        }
        if (!SleepFor(std::chrono::seconds(std::min(tries, 5)), stop)) {
            return Fail(ErrorCode::kStopped, "stopped while the database did not answer");
        }
    }
}

}  // namespace notify
