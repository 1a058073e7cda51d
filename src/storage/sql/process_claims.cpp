// ProcessTable::Claim: a batch of items, fair over buckets by weight.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "storage/fair_turns.hpp"
#include "storage/process_repository.hpp"
#include "storage/sql/connection.hpp"
#include "storage/sql/item_table.hpp"
#include "storage/sql/process_row.hpp"
#include "storage/sql/process_table.hpp"

namespace notify::sql {

namespace {

constexpr const char* kReadyBucketsSql = R"sql(
    SELECT b.id, b.weight, b.turn_start, b.turn_finish, b.turn_cost, b.max_in_flight, b.held_until IS NOT NULL,
           s.id, s.max_in_flight
    FROM bucket b JOIN source s ON s.id = b.source_id
    WHERE b.active = 1
      AND NOT EXISTS (SELECT 1 FROM pause p
                      WHERE (p.until IS NULL OR p.until > ?1)
                        AND (p.scope = 'everything'
                             OR (p.scope = 'source' AND p.subject = b.source_id)
                             OR (p.scope = 'node' AND p.subject = (SELECT name FROM node WHERE id = ?2))))
      AND NOT (s.kind = 'local' AND EXISTS (SELECT 1 FROM node n WHERE n.id = ?2 AND n.reads_folders = 0))
      AND (b.held_until IS NULL
           OR (b.held_until <= ?1
               AND NOT EXISTS (SELECT 1 FROM process h INDEXED BY process_held
                               WHERE h.status = 'Processing' AND h.bucket_id = b.id AND h.since >= b.held_until)))
      AND EXISTS (SELECT 1 FROM process p
                  WHERE p.bucket_id = b.id AND p.status = 'Pending' AND p.next_attempt_at <= ?1))sql";
constexpr const char* kLatestTurnSql = "SELECT coalesce(max(turn_start), 0) FROM bucket";
constexpr const char* kSetTurnSql =
    "UPDATE bucket SET turn_start = ?, turn_finish = ?, turn_cost = ? WHERE id = ?";
constexpr const char* kTurnSql =
    "SELECT id, weight, turn_start, turn_finish, turn_cost FROM bucket WHERE id = ?";
constexpr const char* kInFlightSql = R"sql(
    SELECT h.bucket_id, b.source_id, count(DISTINCT h.item_id)
    FROM process h INDEXED BY process_held JOIN bucket b ON b.id = h.bucket_id
    WHERE h.status = 'Processing' GROUP BY h.bucket_id, b.source_id)sql";
constexpr const char* kReadySql = R"sql(
    SELECT id, item_id, alone FROM process INDEXED BY process_ready
    WHERE bucket_id = ? AND status = 'Pending' AND next_attempt_at <= ?
    ORDER BY priority DESC, created_at, id LIMIT ?)sql";
// ?4 names one process that runs alone, or is empty for the group of the item
constexpr const char* kHoldSql = R"sql(
    UPDATE process
    SET status = 'Processing', since = ?1, lease_owner = ?2, lease_until = ?3, fence = fence + 1, started_at = ?1,
        progress = 0
    WHERE item_id = ?5 AND status = 'Pending' AND next_attempt_at <= ?1
      AND CASE WHEN ?4 = '' THEN alone = 0 ELSE id = ?4 END
    RETURNING id, item_id, bucket_id, processor, config, config_hash, rule_id, media_types, run, status, since,
              priority, attempt, max_attempts, crashes, rescues, pauses, alone, next_attempt_at, lease_owner, lease_until, fence, progress,
              cancel_requested, failure_code, failure_stage, failure_reason, failure_message, failure_will_retry,
              result_id, created_at, started_at, finished_at)sql";

// rows read for each job wanted: several processes of one item are one job
constexpr int kRowsPerJob = 8;

/// What one worker would run: an item's group, or one process alone.
struct Job {
    ItemId item_id;
    std::string alone;  ///< The id of the process, empty for a group.

    friend auto operator<=>(const Job&, const Job&) = default;
};

/// The jobs of a bucket in the order of their first process.
Result<std::vector<Job>> ReadyJobs(Connection& connection, const BucketId& bucket, int most, Timestamp now) {
    const auto read = [](Row& row) {
        auto process = row.Text();
        Job job{.item_id = row.As<ItemId>(), .alone = {}};
        if (row.Bool()) {
            job.alone = std::move(process);
        }
        return job;
    };
    auto rows = connection.Select(kReadySql, read, bucket, now, most * kRowsPerJob);
    if (!rows) {
        return rows;
    }
    std::set<Job> seen;
    std::erase_if(*rows, [&](const Job& job) { return !seen.insert(job).second; });
    return rows;
}

/// A bucket with something to claim.
struct ReadyBucket {
    BucketTurn turn;
    int max_in_flight = 0;
    bool on_trial = false;  ///< Its hold is over and not released: one item shows whether the store is well.
    SourceId source;
    int source_max_in_flight = 0;
};

BucketTurn ReadTurn(Row& row) {
    BucketTurn turn;
    turn.id = row.As<BucketId>();
    turn.weight = row.Int();
    turn.start = row.Integer();
    turn.finish = row.Integer();
    turn.cost = std::chrono::microseconds(row.Integer());
    return turn;
}

Result<std::vector<ReadyBucket>> ReadyBuckets(Connection& connection, const NodeId& node, Timestamp now) {
    return connection.Select(
        kReadyBucketsSql,
        [](Row& row) {
            ReadyBucket bucket;
            bucket.turn = ReadTurn(row);
            bucket.max_in_flight = row.Int();
            bucket.on_trial = row.Bool();
            bucket.source = row.As<SourceId>();
            bucket.source_max_in_flight = row.Int();
            return bucket;
        },
        now,
        node
    );
}

/// How many items are Processing now.
struct InFlight {
    std::map<BucketId, std::size_t> of_bucket;
    std::map<SourceId, std::size_t> of_source;
};

Result<InFlight> ReadInFlight(Connection& connection) {
    InFlight in_flight;
    const auto note = [&](Row& row) {
        const auto bucket = row.As<BucketId>();
        const auto source = row.As<SourceId>();
        const auto items = static_cast<std::size_t>(row.Integer());
        in_flight.of_bucket[bucket] += items;
        in_flight.of_source[source] += items;
        return true;
    };
    return connection.Select(kInFlightSql, note).map([&](const auto&) { return std::move(in_flight); });
}

constexpr auto kAnyNumber = std::numeric_limits<std::size_t>::max();

std::size_t RoomOf(int max_in_flight, std::size_t in_flight) {
    const auto most = static_cast<std::size_t>(max_in_flight);
    return max_in_flight == 0 ? kAnyNumber : most - std::min(most, in_flight);
}

/// How many items may be claimed of each bucket, as its index says, and of each source.
struct Rooms {
    std::vector<std::size_t> buckets;
    std::vector<std::size_t> sources;
    std::vector<std::size_t> source_of;  ///< Index into `sources` of each bucket.
};

Result<Rooms> ReadRooms(Connection& connection, const std::vector<ReadyBucket>& buckets) {
    const bool limited = std::ranges::any_of(buckets, [](const ReadyBucket& bucket) {
        return bucket.max_in_flight > 0 || bucket.source_max_in_flight > 0;
    });
    const auto in_flight = limited ? ReadInFlight(connection) : Result<InFlight>(InFlight{});
    if (!in_flight) {
        return Unexpected(in_flight.error());
    }
    const auto count = [](const auto& counts, const auto& id) {
        const auto found = counts.find(id);
        return found == counts.end() ? std::size_t{0} : found->second;
    };
    Rooms rooms;
    std::map<SourceId, std::size_t> places;
    for (const auto& bucket : buckets) {
        const auto [place, is_new] = places.try_emplace(bucket.source, rooms.sources.size());
        if (is_new) {
            const auto of_source = count(in_flight->of_source, bucket.source);
            rooms.sources.push_back(RoomOf(bucket.source_max_in_flight, of_source));
        }
        rooms.source_of.push_back(place->second);
        const auto room = RoomOf(bucket.max_in_flight, count(in_flight->of_bucket, bucket.turn.id));
        rooms.buckets.push_back(bucket.on_trial ? std::min<std::size_t>(room, 1) : room);
    }
    return rooms;
}

struct Taking {
    const NodeId& node;
    Timestamp now;
    Timestamp lease_until;
};

Result<ClaimedItem> Take(Connection& connection, const Job& job, const Taking& taking) {
    auto held = connection.Select(
        kHoldSql, ReadProcess, taking.now, taking.node, taking.lease_until, job.alone, job.item_id
    );
    auto item = ItemTable(connection).Get(job.item_id);
    if (!held || !item) {
        return Unexpected(held ? item.error() : held.error());
    }
    std::ranges::sort(*held, {}, [](const Process& process) {
        return std::tuple(-process.priority, process.created_at, process.id);
    });
    return ClaimedItem{.item = std::move(*item), .processes = std::move(*held)};
}

Result<void> KeepTurn(Connection& connection, const BucketTurn& turn) {
    return connection.Change(kSetTurnSql, turn.start, turn.finish, turn.cost.count(), turn.id).map([](int) {
    });
}

Result<std::int64_t> LatestTurn(Connection& connection) {
    return connection.First(
                         kLatestTurnSql, [](Row& row) { return row.Integer(); }
    ).map([](std::optional<std::int64_t> latest) { return latest.value_or(0); });
}

/// Buckets in the order of ReadyBuckets, with the jobs of each that may be claimed.
struct Offers {
    std::vector<BucketTurn> turns;
    std::vector<std::vector<Job>> jobs;
    std::vector<std::size_t> source_rooms;
};

Result<Offers> ReadOffers(Connection& connection, const NodeId& node, int most, Timestamp now) {
    const auto buckets = ReadyBuckets(connection, node, now);
    auto rooms = buckets ? ReadRooms(connection, *buckets) : Result<Rooms>(Unexpected(buckets.error()));
    if (!rooms) {
        return Unexpected(rooms.error());
    }
    Offers offers;
    offers.source_rooms = std::move(rooms->sources);
    for (std::size_t i = 0; i < buckets->size(); ++i) {
        const auto room = std::min(static_cast<std::size_t>(most), rooms->buckets[i]);
        auto ready = room == 0 ? Result<std::vector<Job>>(std::vector<Job>())
                               : ReadyJobs(connection, (*buckets)[i].turn.id, most, now);
        if (!ready) {
            return Unexpected(ready.error());
        }
        auto& turn = offers.turns.emplace_back((*buckets)[i].turn);
        turn.source = rooms->source_of[i];
        turn.waiting = std::min(ready->size(), room);
        offers.jobs.push_back(std::move(*ready));
    }
    return offers;
}

}  // namespace

Result<std::vector<ClaimedItem>> ProcessTable::Claim(
    const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
) {
    max_items = std::max(max_items, 0);
    auto offers = ReadOffers(connection_, node, max_items, now);
    const auto latest = LatestTurn(connection_);
    if (!offers || !latest) {
        return Unexpected(offers ? latest.error() : offers.error());
    }
    auto& turns = offers->turns;
    std::vector<ClaimedItem> claimed;
    std::vector<std::size_t> next(turns.size(), 0);
    const Taking taking{.node = node, .now = now, .lease_until = now + lease};
    const auto order = TakeTurns(turns, *latest, static_cast<std::size_t>(max_items), offers->source_rooms);
    for (const auto turn : order) {
        auto taken = Take(connection_, offers->jobs[turn][next[turn]++], taking);
        if (!taken) {
            return Unexpected(taken.error());
        }
        taken->charged = turns[turn].cost;
        claimed.push_back(std::move(*taken));
    }
    for (std::size_t i = 0; i < turns.size(); ++i) {
        if (auto kept = next[i] > 0 ? KeepTurn(connection_, turns[i]) : Result<void>{}; !kept) {
            return Unexpected(kept.error());
        }
    }
    return claimed;
}

Result<void> ProcessTable::Charge(const NodeId& node, const std::vector<WorkDone>& done, Timestamp now) {
    const auto latest = LatestTurn(connection_);
    const auto ready = ReadyBuckets(connection_, node, now);
    const auto rooms = ready ? ReadRooms(connection_, *ready) : Result<Rooms>(Unexpected(ready.error()));
    if (!latest || !rooms) {
        return Unexpected(latest ? rooms.error() : latest.error());
    }
    std::vector<BucketTurn> turns;
    for (std::size_t i = 0; i < ready->size(); ++i) {
        const auto room = std::min(rooms->buckets[i], rooms->sources[rooms->source_of[i]]);
        turns.push_back((*ready)[i].turn);
        turns.back().waiting = std::min<std::size_t>(room, 1);
    }
    std::vector<TurnWork> work;
    for (const auto& each : done) {
        auto place = std::ranges::find(turns, each.bucket_id, &BucketTurn::id);
        if (place == turns.end()) {
            auto turn = connection_.First(kTurnSql, ReadTurn, each.bucket_id);
            if (!turn || !*turn) {
                if (!turn) {
                    return Unexpected(turn.error());
                }
                continue;
            }
            place = turns.insert(turns.end(), std::move(**turn));
        }
        work.push_back({
            .bucket = static_cast<std::size_t>(place - turns.begin()),
            .beyond = each.beyond,
            .items = each.items,
            .took = each.took,
        });
    }
    ChargeTurns(turns, *latest, work);
    for (const auto& each : work) {
        if (auto kept = KeepTurn(connection_, turns[each.bucket]); !kept) {
            return kept;
        }
    }
    return {};
}

}  // namespace notify::sql
