#include "http/routes/standstill.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/node.hpp"
#include "domain/pause.hpp"
#include "domain/process.hpp"
#include "domain/source.hpp"
#include "domain/status.hpp"
#include "queue/item_control.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/node_repository.hpp"
#include "storage/pause_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Standstill Still(BlockedBy blocked_by, std::string sentence) {
    return {.blocked_by = blocked_by, .sentence = std::move(sentence)};
}

/// Why no node there is may take it; nothing when one may. `nodes`: those that live.
std::optional<Standstill> NobodyTakes(
    std::vector<Node> nodes, const std::vector<Pause>& pauses, bool is_in_folder
) {
    std::erase_if(nodes, [](const Node& node) { return !node.roles.Has(Role::kWorker); });
    if (nodes.empty()) {
        return Still(BlockedBy::kSlot, "no node has the role worker: start one");
    }
    std::erase_if(nodes, [&](const Node& node) { return is_in_folder && !node.reads_folders; });
    if (nodes.empty()) {
        return Still(
            BlockedBy::kSlot,
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
    return Still(BlockedBy::kPaused, fmt::format("no node may take it: {}", Sentence(*last)));
}

Result<std::optional<Standstill>> NobodyTakesOf(
    const Snapshot& snapshot, const Bucket& bucket, Timestamp now
) {
    auto nodes = snapshot.nodes.List();
    const auto pauses = snapshot.pauses.List(now);
    if (!nodes || !pauses) {
        return Unexpected(nodes ? pauses.error() : nodes.error());
    }
    return NobodyTakes(std::move(*nodes), *pauses, bucket.kind == "local");
}

/// How many items of the buckets are Processing.
Result<std::size_t> InFlight(const Snapshot& snapshot, const std::set<BucketId>& buckets) {
    return snapshot.processes.AllProcessing().map([&](const std::vector<Process>& processes) {
        std::set<ItemId> items;
        for (const auto& process : processes) {
            if (buckets.contains(process.bucket_id)) {
                items.insert(process.item_id);
            }
        }
        return items.size();
    });
}

/// `whose`: "bucket 'media'", with `most` of its items at a time, or 0; nothing while there is room.
Result<std::optional<Standstill>> NoRoomOf(
    const Snapshot& snapshot, const std::string& whose, int most, const std::set<BucketId>& buckets
) {
    if (most == 0) {
        return std::optional<Standstill>();
    }
    return InFlight(snapshot, buckets).map([&](std::size_t items) {
        return std::cmp_less(items, most)
                   ? std::nullopt
                   : std::optional(Still(
                         BlockedBy::kMaxInFlight,
                         fmt::format(
                             "its {} has {} item{} in processing, as many as it may at a time "
                             "(max_in_flight {})",
                             whose,
                             items,
                             items == 1 ? "" : "s",
                             most
                         )
                     ));
    });
}

/// Why it is not claimed although it could be worked on: as many as may be of its bucket or source are.
Result<std::optional<Standstill>> NoRoomFor(const Snapshot& snapshot, const Bucket& bucket) {
    auto of_bucket =
        NoRoomOf(snapshot, fmt::format("bucket '{}'", bucket.name), bucket.max_in_flight, {bucket.id});
    if (!of_bucket || *of_bucket) {
        return of_bucket;
    }
    const auto source = snapshot.sources.Get(bucket.source_id);
    if (!source || source->max_in_flight == 0) {
        return source ? Result<std::optional<Standstill>>(std::nullopt) : Unexpected(source.error());
    }
    const auto buckets = snapshot.buckets.List();
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    std::set<BucketId> its;
    for (const auto& each : *buckets) {
        if (each.source_id == source->id) {
            its.insert(each.id);
        }
    }
    return NoRoomOf(snapshot, fmt::format("source '{}'", source->name), source->max_in_flight, its);
}

Standstill Held(const BucketHold& hold, Timestamp now) {
    const auto until = ToRfc3339(hold.until);
    return Still(
        BlockedBy::kSourceRefuses,
        hold.until > now
            ? fmt::format("its bucket is held back until {}: {}", until, hold.sentence)
            : fmt::format(
                  "its bucket was held back until {}: {}; one of its items tries whether that is over, the "
                  "others wait for it",
                  until,
                  hold.sentence
              )
    );
}

/// Why an item of the bucket that is ready is not taken.
Result<std::optional<Standstill>> OfReady(const Snapshot& snapshot, const Bucket& bucket, Timestamp now) {
    auto nobody = NobodyTakesOf(snapshot, bucket, now);
    return !nobody || *nobody ? std::move(nobody) : NoRoomFor(snapshot, bucket);
}

}  // namespace

Result<std::optional<Standstill>> Standstills::Take(Item& item) {
    if (of_all_ || IsTerminal(item.status)) {
        item.blocked_by = of_all_ && !IsTerminal(item.status) ? of_all_->blocked_by : item.blocked_by;
        return of_all_;
    }
    auto found = TakeBlockedBy(snapshot_, item, now_).and_then([&] { return Find(item); });
    if (found && *found) {
        item.blocked_by = (*found)->blocked_by;
    }
    return found;
}

Result<std::optional<Standstill>> Standstills::Find(const Item& item) {
    if (item.status != Status::kPending) {
        return std::optional<Standstill>();
    }
    if (const auto known = of_ready_.find(item.bucket_id);
        item.blocked_by == BlockedBy::kSlot && known != of_ready_.end()) {
        return known->second;
    }
    const auto bucket = snapshot_.buckets.Get(item.bucket_id);
    if (!bucket) {
        return Unexpected(bucket.error());
    }
    if (item.blocked_by == BlockedBy::kPaused) {
        return snapshot_.pauses.OfItems(*bucket, now_).map([](const std::optional<Pause>& pause) {
            return pause ? std::optional(Still(BlockedBy::kPaused, Sentence(*pause))) : std::nullopt;
        });
    }
    if (item.blocked_by == BlockedBy::kSourceRefuses) {
        return snapshot_.buckets.HoldOf(bucket->id).map([&](const std::optional<BucketHold>& hold) {
            return hold ? std::optional(Held(*hold, now_)) : std::nullopt;
        });
    }
    if (item.blocked_by != BlockedBy::kSlot) {
        return std::optional<Standstill>();
    }
    auto found = OfReady(snapshot_, *bucket, now_);
    if (found) {
        of_ready_.emplace(bucket->id, *found);
    }
    return found;
}

}  // namespace notify
