#pragma once

// Tells files that are being written from those that are complete.

#include <chrono>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <unordered_map>

#include "core/clock.hpp"
#include "domain/ids.hpp"
#include "sources/local/walk.hpp"

namespace notify {

/// What is remembered of files that changed lately, between one scan of a bucket and the next.
using LatelyChanged = std::unordered_map<std::string, struct SeenFile>;

struct SeenFile {
    std::uint64_t size_bytes = 0;
    std::int64_t modified_ns = 0;
    Timestamp first_seen;  ///< With this size and time.
};

/// One scan's judgement. A file is complete when it last changed (content or attributes) at least `settle`
/// ago and had the same size and time in a scan at least `settle` ago. The second counts for files that
/// changed within ten minutes or, by a clock that is not ours, in the future.
class SettlingScan final {
public:
    SettlingScan(LatelyChanged before, std::chrono::milliseconds settle, Timestamp now);

    /// When the file will count as complete if it stays as it is: at or before `now` when it does already.
    [[nodiscard]] Timestamp CompleteAt(const WalkedFile& file);

    /// What the next scan must know, once every file was looked at.
    [[nodiscard]] LatelyChanged TakeMemory() { return std::move(after_); }

    /// The same after a scan that broke off: files that it did not come to are not forgotten.
    [[nodiscard]] LatelyChanged TakeMemoryOfPart();

private:
    LatelyChanged before_;
    LatelyChanged after_;
    std::chrono::milliseconds settle_;
    Timestamp now_;
};

/// The memory of all buckets. Thread-safe.
class SettlingMemory final {
public:
    /// Hands it over, so that a folder of many new files is remembered once; Keep gives it back.
    [[nodiscard]] LatelyChanged Take(const BucketId& bucket);
    void Keep(const BucketId& bucket, LatelyChanged files);

private:
    std::mutex mutex_;
    std::map<BucketId, LatelyChanged> buckets_;
};

}  // namespace notify
