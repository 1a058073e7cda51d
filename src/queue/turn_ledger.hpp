#pragma once

// How long the workers of this node work for each bucket: what its place in the queue is charged.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "domain/ids.hpp"
#include "storage/process_repository.hpp"

namespace notify {

/// Thread-safe. A claim is known by its first process. Times are given, so that they may be any monotonic
/// clock's.
class TurnLedger final {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// It was claimed; nobody works on it yet.
    void Claimed(const ClaimedItem& claim);

    /// A worker began with it.
    void Begun(const Hold& claim, Time now);

    /// It ended, or was given back without having been begun: then it is no item.
    void Ended(const Hold& claim, Time now);

    /// What has to be charged: of ended work the difference to what was charged, of running work what goes
    /// beyond that until `now`. Whoever takes it writes it, or puts it back.
    [[nodiscard]] std::vector<WorkDone> Take(Time now);
    void PutBack(const std::vector<WorkDone>& done);

private:
    struct Running {
        BucketId bucket;
        std::chrono::microseconds charged{};
        std::optional<Time> begun;
    };

    void Note(const WorkDone& done);

    std::mutex mutex_;
    std::map<std::pair<ProcessId, std::int64_t>, Running> running_;
    std::map<BucketId, WorkDone> due_;
};

/// The name of a claim: its first process and the fence of that.
[[nodiscard]] Hold NameOf(const ClaimedItem& claim);

}  // namespace notify
