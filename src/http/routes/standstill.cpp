#include "http/routes/standstill.hpp"

#include <optional>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "domain/pause.hpp"
#include "domain/status.hpp"
#include "queue/item_control.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/pause_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// What people hold back, while it waits for that.
Result<std::optional<Standstill>> PauseOfIts(const Snapshot& snapshot, const Item& item, Timestamp now) {
    const auto bucket = snapshot.buckets.Get(item.bucket_id);
    const auto pause = bucket ? snapshot.pauses.OfItems(bucket->source_id, now) : Unexpected(bucket.error());
    return pause.map([](const std::optional<Pause>& found) {
        return found ? std::optional(
                           Standstill{.blocked_by = BlockedBy::kSourcePaused, .sentence = Sentence(*found)}
                       )
                     : std::nullopt;
    });
}

}  // namespace

Result<std::optional<Standstill>> StandstillOf(const Snapshot& snapshot, const Item& item, Timestamp now) {
    if (item.status == Status::kPending && item.blocked_by == BlockedBy::kSourcePaused) {
        auto paused = PauseOfIts(snapshot, item, now);
        if (!paused || *paused) {
            return paused;
        }
    }
    const auto hold = item.status == Status::kPending && item.blocked_by == BlockedBy::kSourcePaused
                          ? snapshot.buckets.HoldOf(item.bucket_id)
                          : Result<std::optional<BucketHold>>(std::nullopt);
    return hold.map([](const std::optional<BucketHold>& held) {
        return held ? std::optional(
                          Standstill{
                              .blocked_by = BlockedBy::kSourcePaused,
                              .sentence = fmt::format(
                                  "its bucket is held back until {}: {}",
                                  ToRfc3339(held->until),
                                  held->sentence
                              )
                          }
                      )
                    : std::nullopt;
    });
}

}  // namespace notify
