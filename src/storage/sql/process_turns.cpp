// ProcessTable::Charge, and what a claim reads of buckets.

#include "storage/sql/process_turns.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/fair_turns.hpp"
#include "storage/process_repository.hpp"
#include "storage/sql/connection.hpp"
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
                             OR (p.scope = 'bucket' AND p.subject = b.id)
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

Result<std::vector<ReadyBucket>> ReadBuckets(Connection& connection, const NodeId& node, Timestamp now) {
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

bool IsLimited(const ReadyBucket& bucket) {
    return bucket.max_in_flight > 0 || bucket.source_max_in_flight > 0;
}

template <class Id>
std::size_t CountOf(const std::map<Id, std::size_t>& counts, const Id& id) {
    const auto found = counts.find(id);
    return found == counts.end() ? 0 : found->second;
}

/// Index of the bucket's turn, which is added when it is not among those that are ready; nothing of a bucket
/// that is gone.
Result<std::optional<std::size_t>> PlaceOf(
    Connection& connection, std::vector<BucketTurn>& turns, const BucketId& bucket
) {
    const auto there = std::ranges::find(turns, bucket, &BucketTurn::id);
    if (there != turns.end()) {
        return static_cast<std::size_t>(there - turns.begin());
    }
    return connection.First(kTurnSql, ReadTurn, bucket).map([&](std::optional<BucketTurn> turn) {
        if (!turn) {
            return std::optional<std::size_t>();
        }
        turns.push_back(*std::move(turn));
        return std::optional(turns.size() - 1);
    });
}

}  // namespace

Result<ReadyBuckets> ReadReadyBuckets(Connection& connection, const NodeId& node, Timestamp now) {
    const auto buckets = ReadBuckets(connection, node, now);
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    const auto in_flight =
        std::ranges::any_of(*buckets, IsLimited) ? ReadInFlight(connection) : Result<InFlight>(InFlight{});
    if (!in_flight) {
        return Unexpected(in_flight.error());
    }
    ReadyBuckets ready;
    std::map<SourceId, std::size_t> sources;
    for (const auto& bucket : *buckets) {
        const auto [source, is_new] = sources.try_emplace(bucket.source, sources.size());
        if (is_new) {
            const auto of_source = CountOf(in_flight->of_source, bucket.source);
            ready.source_rooms.push_back(RoomOf(bucket.source_max_in_flight, of_source));
        }
        auto& turn = ready.turns.emplace_back(bucket.turn);
        turn.source = source->second;
        turn.waiting = RoomOf(bucket.max_in_flight, CountOf(in_flight->of_bucket, turn.id));
        turn.waiting = bucket.on_trial ? std::min<std::size_t>(turn.waiting, 1) : turn.waiting;
    }
    return ready;
}

Result<std::int64_t> LatestTurn(Connection& connection) {
    return connection.First(
                         kLatestTurnSql, [](Row& row) { return row.Integer(); }
    ).map([](std::optional<std::int64_t> latest) { return latest.value_or(0); });
}

Result<void> KeepTurn(Connection& connection, const BucketTurn& turn) {
    return connection.Change(kSetTurnSql, turn.start, turn.finish, turn.cost.count(), turn.id).map([](int) {
    });
}

Result<void> ProcessTable::Charge(const NodeId& node, const std::vector<WorkDone>& done, Timestamp now) {
    const auto latest = LatestTurn(connection_);
    auto ready = ReadReadyBuckets(connection_, node, now);
    if (!latest || !ready) {
        return Unexpected(latest ? ready.error() : latest.error());
    }
    auto& turns = ready->turns;
    for (auto& turn : turns) {
        turn.waiting = std::min(turn.waiting, ready->source_rooms[turn.source]);
    }
    std::vector<TurnWork> work;
    for (const auto& each : done) {
        const auto place = PlaceOf(connection_, turns, each.bucket_id);
        if (!place) {
            return Unexpected(place.error());
        }
        if (*place) {
            work.push_back(
                {.bucket = **place, .beyond = each.beyond, .items = each.items, .took = each.took}
            );
        }
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
