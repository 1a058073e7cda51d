#include "storage/fair_turns.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <vector>

namespace notify {

namespace {

using std::chrono::microseconds;

constexpr microseconds kLeastCost = std::chrono::milliseconds(1);
constexpr microseconds kMostCost = std::chrono::hours(24);
constexpr std::int64_t kMemory = 3;  // one item counts a fourth of what is expected, fifty count nearly all

std::int64_t Virtual(microseconds work, int weight) {
    return work.count() / std::max(weight, 1);
}

/// Of two that may start at the same time the one with the lesser id, so that equal histories give equal
/// turns.
bool GoesBefore(const BucketTurn& a, const BucketTurn& b, std::int64_t now) {
    const auto start_a = std::max(a.finish, now);
    const auto start_b = std::max(b.finish, now);
    return start_a != start_b ? start_a < start_b : a.id < b.id;
}

bool MayBeServed(const BucketTurn& bucket, std::span<const std::size_t> room) {
    return bucket.waiting > 0 && (room.empty() || room[bucket.source] > 0);
}

microseconds ExpectedAfter(microseconds expected, const TurnWork& work) {
    if (work.items == 0) {
        return expected;
    }
    const auto mean = work.took / work.items;
    return std::clamp(
        expected + (mean - expected) * work.items / (work.items + kMemory), kLeastCost, kMostCost
    );
}

}  // namespace

std::vector<std::size_t> TakeTurns(
    std::vector<BucketTurn>& buckets, std::int64_t now, std::size_t count, std::span<std::size_t> room
) {
    std::vector<std::size_t> turns;
    while (turns.size() < count) {
        auto next = buckets.end();
        for (auto bucket = buckets.begin(); bucket != buckets.end(); ++bucket) {
            if (MayBeServed(*bucket, room) && (next == buckets.end() || GoesBefore(*bucket, *next, now))) {
                next = bucket;
            }
        }
        if (next == buckets.end()) {
            break;
        }
        next->start = std::max(next->finish, now);
        next->finish = next->start + std::max<std::int64_t>(Virtual(next->cost, next->weight), 1);
        --next->waiting;
        if (!room.empty()) {
            --room[next->source];
        }
        now = next->start;
        turns.push_back(static_cast<std::size_t>(next - buckets.begin()));
    }
    return turns;
}

void ChargeTurns(std::vector<BucketTurn>& buckets, std::int64_t now, const std::vector<TurnWork>& work) {
    std::vector<bool> contends(buckets.size());
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        contends[i] = buckets[i].waiting > 0;
    }
    for (const auto& done : work) {
        auto& bucket = buckets[done.bucket];
        bucket.finish += Virtual(done.beyond, bucket.weight);
        bucket.cost = ExpectedAfter(bucket.cost, done);
        contends[done.bucket] = true;
    }
    auto present = std::numeric_limits<std::int64_t>::max();
    for (std::size_t i = 0; i < buckets.size(); ++i) {
        present = contends[i] ? std::min(present, std::max(buckets[i].finish, now)) : present;
    }
    for (const auto& done : work) {
        auto& bucket = buckets[done.bucket];
        bucket.start = std::max(bucket.start, present);
    }
}

}  // namespace notify
