#include "storage/fair_turns.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace notify {

namespace {

constexpr std::int64_t kTurn = 1'000'000;  // virtual time a bucket of weight 1 uses for one item

/// Of two that may start at the same time the one with the lesser id, so that equal histories give equal
/// turns.
bool GoesBefore(const BucketTurn& a, const BucketTurn& b, std::int64_t now) {
    const auto start_a = std::max(a.finish, now);
    const auto start_b = std::max(b.finish, now);
    return start_a != start_b ? start_a < start_b : a.id < b.id;
}

}  // namespace

std::vector<std::size_t> TakeTurns(std::vector<BucketTurn>& buckets, std::int64_t now, std::size_t count) {
    std::vector<std::size_t> turns;
    while (turns.size() < count) {
        auto next = buckets.end();
        for (auto bucket = buckets.begin(); bucket != buckets.end(); ++bucket) {
            if (bucket->waiting > 0 && (next == buckets.end() || GoesBefore(*bucket, *next, now))) {
                next = bucket;
            }
        }
        if (next == buckets.end()) {
            break;
        }
        next->start = std::max(next->finish, now);
        next->finish = next->start + std::max<std::int64_t>(kTurn / std::max(next->weight, 1), 1);
        --next->waiting;
        now = next->start;
        turns.push_back(static_cast<std::size_t>(next - buckets.begin()));
    }
    return turns;
}

}  // namespace notify
