#include "http/routes/standstill.hpp"

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "domain/node.hpp"
#include "domain/pause.hpp"
#include "domain/status.hpp"
#include "queue/item_control.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/node_repository.hpp"
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

Standstill NobodyFor(std::string sentence) {
    return {.blocked_by = BlockedBy::kSlot, .sentence = std::move(sentence)};
}

/// Why no node there is may take it; nothing when one may. `nodes`: those that live.
std::optional<Standstill> NobodyTakes(
    std::vector<Node> nodes, const std::vector<Pause>& pauses, bool is_in_folder
) {
    std::erase_if(nodes, [](const Node& node) { return !node.roles.Has(Role::kWorker); });
    if (nodes.empty()) {
        return NobodyFor("no node has the role worker: start one");
    }
    std::erase_if(nodes, [&](const Node& node) { return is_in_folder && !node.reads_folders; });
    if (nodes.empty()) {
        return NobodyFor(
            "no node that works has its folder: mount it there and start the worker with --local-folders"
        );
    }
    const Pause* last = nullptr;
    for (const auto& node : nodes) {
        const auto pause = std::ranges::find_if(pauses, [&](const Pause& each) {
            return each.of == PauseOf::kNode && each.subject == node.name;
        });
        if (pause == pauses.end()) {
            return std::nullopt;
        }
        last = &*pause;
    }
    return NobodyFor(fmt::format("no node may take it: {}", Sentence(*last)));
}

Result<std::optional<Standstill>> NobodyTakesIt(const Snapshot& snapshot, const Item& item, Timestamp now) {
    const auto bucket = snapshot.buckets.Get(item.bucket_id);
    auto nodes = snapshot.nodes.List();
    const auto pauses = snapshot.pauses.List(now);
    if (!bucket || !nodes) {
        return Unexpected(bucket ? nodes.error() : bucket.error());
    }
    return pauses.map([&](const std::vector<Pause>& found) {
        return NobodyTakes(std::move(*nodes), found, bucket->kind == "local");
    });
}

}  // namespace

Result<std::optional<Standstill>> StandstillOf(const Snapshot& snapshot, const Item& item, Timestamp now) {
    if (item.status == Status::kPending && item.blocked_by == BlockedBy::kSlot) {
        return NobodyTakesIt(snapshot, item, now);
    }
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
