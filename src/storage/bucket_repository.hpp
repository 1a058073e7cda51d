#pragma once

// Buckets, and what of their objects we wrote ourselves.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "storage/key_range.hpp"

namespace notify {

/// Why and until when nothing of a bucket is claimed: its store refuses us.
struct BucketHold {
    Timestamp until;
    std::string reason;    ///< Error::reason of the store's fault.
    std::string sentence;  ///< What is wrong and what to do.
    int times = 1;         ///< Holds in a row, ≥ 1.

    friend bool operator==(const BucketHold&, const BucketHold&) = default;
};

/// Const methods read, the others write; both only inside a Storage closure and on its thread.
class BucketRepository {
public:
    BucketRepository() = default;
    BucketRepository(const BucketRepository&) = delete;
    BucketRepository& operator=(const BucketRepository&) = delete;
    virtual ~BucketRepository() = default;

    /// kConflict when the name, or the place (source, location), is taken.
    virtual Result<void> Add(const Bucket& bucket) = 0;

    /// Replaces settings. kNotFound, kConflict.
    virtual Result<void> Update(const Bucket& bucket) = 0;

    /// Removes a bucket without items, and its rules; with items kConflict says to pause it instead.
    virtual Result<void> Remove(const BucketId& id) = 0;

    /// kNotFound with the id in the sentence.
    [[nodiscard]] virtual Result<Bucket> Get(const BucketId& id) const = 0;

    /// By id or by name. kNotFound.
    [[nodiscard]] virtual Result<Bucket> Find(std::string_view id_or_name) const = 0;

    /// All, by name.
    [[nodiscard]] virtual Result<std::vector<Bucket>> List() const = 0;

    /// Notes the end of a scan: when, and a sentence if something was wrong. `whole`: it saw all there is;
    /// the first of those is kept as Bucket::first_scan_at.
    virtual Result<void> SetScanned(const BucketId& id, Timestamp at, std::string_view note, bool whole) = 0;

    /// Nothing of the bucket is claimed before `hold.until`; then one item at a time, until Release.
    virtual Result<void> Hold(const BucketId& id, const BucketHold& hold) = 0;

    /// Ends the hold, and makes what waits for its reason ready at `now`. True when there was one.
    virtual Result<bool> Release(const BucketId& id, Timestamp now) = 0;

    /// Makes ready at `now` what waits because the store could not give it (Process::pauses); how many.
    virtual Result<int> Wake(const BucketId& id, Timestamp now) = 0;

    /// The hold, over or not, until it is released.
    [[nodiscard]] virtual Result<std::optional<BucketHold>> HoldOf(const BucketId& id) const = 0;

    /// The ledger: notes that we are about to write `key` in the bucket, so that it never becomes an item.
    virtual Result<void> NoteOwnObject(const BucketId& id, std::string_view key, Timestamp at) = 0;

    /// The same for what we are about to write at `key` in `place` (PublicationTarget) of the source, whether
    /// or not a bucket watches that: none that does, now or later, takes it for an item.
    virtual Result<void> NoteOwnResult(
        const SourceId& source, std::string_view place, std::string_view key, Timestamp at
    ) = 0;

    [[nodiscard]] virtual Result<bool> IsOwnResult(
        const SourceId& source, std::string_view place, std::string_view key
    ) const = 0;

    /// True when the ledger has that key.
    [[nodiscard]] virtual Result<bool> IsOwnObject(const BucketId& id, std::string_view key) const = 0;

    /// The keys of a range that the ledger has, in the order of their bytes; at most `limit`.
    [[nodiscard]] virtual Result<std::vector<std::string>> OwnObjectsBetween(
        const BucketId& id, const KeyRange& range, int limit
    ) const = 0;
};

}  // namespace notify
