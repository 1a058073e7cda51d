#pragma once

// First contact with an old bucket: what waits for its budget, what was let go of it, what an earlier system
// has done; and how fast processors were, to say how long the rest will take.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/done_mark.hpp"
#include "domain/ids.hpp"
#include "domain/status.hpp"

namespace notify {

/// What a budget has given since a moment.
struct BacklogUse {
    std::int64_t items = 0;
    std::chrono::milliseconds media{0};  ///< Of those that have ended.
};

/// Process::pauses of what waits for its store since half an hour and more.
inline constexpr int kLongPauses = 5;

/// An item that was let go and has no end noted yet.
struct OpenItem {
    ItemId id;
    Status status = Status::kPending;
    std::string reason_code;  ///< Item::reason_code.
    bool waits_long = false;  ///< Its store could not give it kLongPauses times in a row.

    friend bool operator==(const OpenItem&, const OpenItem&) = default;
};

/// What a processor did lately.
struct ProcessorPace {
    std::int64_t processes = 0;
    std::chrono::milliseconds time{0};  ///< From the claim to the end, added up: reading and waiting count.
    std::uint64_t bytes = 0;            ///< Of the items, added up.
};

/// Const methods read, the others write; both only inside a Storage closure and on its thread.
class BacklogRepository {
public:
    BacklogRepository() = default;
    BacklogRepository(const BacklogRepository&) = delete;
    BacklogRepository& operator=(const BacklogRepository&) = delete;
    virtual ~BacklogRepository() = default;

    /// At most `limit` items of the bucket that are blocked_by kBudget: what was written last comes first.
    [[nodiscard]] virtual Result<std::vector<ItemId>> Waiting(const BucketId& bucket, int limit) const = 0;

    /// Notes that the item was let go. kConflict when it was already.
    virtual Result<void> NoteGiven(const BucketId& bucket, const ItemId& item, Timestamp at) = 0;

    /// What was let go and has no end noted yet, by id.
    [[nodiscard]] virtual Result<std::vector<OpenItem>> Open(const BucketId& bucket) const = 0;

    /// Notes that the item has ended, and how long its media plays (0 when nobody knows).
    virtual Result<void> SetEnded(const ItemId& item, std::chrono::milliseconds media) = 0;

    /// What was let go at `since` or later.
    [[nodiscard]] virtual Result<BacklogUse> Used(const BucketId& bucket, Timestamp since) const = 0;

    /// Forgets the ended ones that were let go before; how many.
    virtual Result<int> ForgetGiven(Timestamp before) = 0;

    /// Adds a mark, or moves the one of its key and version to a later time. False when nothing changed.
    virtual Result<bool> Mark(const BucketId& bucket, const DoneMark& mark) = 0;

    /// False when there is none of that key and version.
    virtual Result<bool> Unmark(const BucketId& bucket, std::string_view key, std::string_view version) = 0;

    /// True when the bucket has any mark.
    [[nodiscard]] virtual Result<bool> HasMarks(const BucketId& bucket) const = 0;

    [[nodiscard]] virtual Result<std::vector<DoneMark>> Marks(
        const BucketId& bucket, std::string_view key
    ) const = 0;

    /// Over the last 200 processes of the processor, among the last 100,000 of all, that completed with a
    /// result of their own: one that was given what the same bytes had come to took no time.
    [[nodiscard]] virtual Result<ProcessorPace> Pace(std::string_view processor) const = 0;
};

}  // namespace notify
