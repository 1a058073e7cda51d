#pragma once

// From news of an object in a store to an item of each bucket that watches its place.

#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "domain/bucket.hpp"
#include "queue/intake.hpp"
#include "sources/messages/news.hpp"
#include "sources/source.hpp"
#include "sources/source_of_kind.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What became of an object in one bucket of ours, or that there is no bucket for it.
struct ObjectOutcome {
    BucketId bucket_id;  ///< "" when it is in none.
    std::string bucket;  ///< Its name; the store's own when it is in none of ours.
    /// "new" (it is an item now), "known", "restored" (what waited for it goes on), "left_out", "gone",
    /// "inactive", "not_an_object", "unknown_bucket"; "unconfirmed": see `fault`.
    std::string_view word;
    std::string sentence;
    std::optional<Error> fault;  ///< Why the store could not be asked, or the item not be stored.
};

/// Looks for the object in its store and takes it in as if a scan had found it. Thread-safe; everything
/// borrowed outlives it.
class ObjectNews final {
public:
    ObjectNews(Storage& storage, const Clock& clock, SourceOfKind find_source)
        : clock_(clock), find_source_(std::move(find_source)), intake_(storage, clock) {}

    /// `buckets`: all there are. One outcome for each bucket at whose place the object is; at least one.
    [[nodiscard]] std::vector<ObjectOutcome> Take(
        const StoreNews& news, const std::vector<Bucket>& buckets, const std::stop_token& stop
    );

private:
    [[nodiscard]] ObjectOutcome In(const Bucket& bucket, const StoreNews& news, const std::stop_token& stop);
    [[nodiscard]] std::optional<ObjectOutcome> LeftOut(const Bucket& bucket, const FoundObject& object) const;
    [[nodiscard]] ObjectOutcome Restored(const Bucket& bucket, const FoundObject& object);
    [[nodiscard]] ObjectOutcome RestoredUnseen(
        const Bucket& bucket, const std::string& key, const Error& fault
    );
    [[nodiscard]] ObjectOutcome Taken(const Bucket& bucket, const FoundObject& object);

    const Clock& clock_;
    const SourceOfKind find_source_;
    Intake intake_;
};

}  // namespace notify
