#pragma once

// Pauses that are in force or were.

#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/pause.hpp"

namespace notify {

/// Const methods read, the others write; both only inside a Storage closure and on its thread.
class PauseRepository {
public:
    PauseRepository() = default;
    PauseRepository(const PauseRepository&) = delete;
    PauseRepository& operator=(const PauseRepository&) = delete;
    virtual ~PauseRepository() = default;

    /// Adds it in place of one of the same.
    virtual Result<void> Put(const Pause& pause) = 0;

    /// kNotFound with the id in the sentence.
    virtual Result<Pause> End(const PauseId& id) = 0;

    /// Those in force at `now`, the oldest first.
    [[nodiscard]] virtual Result<std::vector<Pause>> List(Timestamp now) const = 0;

    /// The one of the bucket or its source at `now`: nothing is asked of the store for the bucket.
    [[nodiscard]] virtual Result<std::optional<Pause>> OfBucket(
        const Bucket& bucket, Timestamp now
    ) const = 0;

    /// The one that holds back items of the bucket at `now`: of everything, of its source, or of it.
    [[nodiscard]] virtual Result<std::optional<Pause>> OfItems(const Bucket& bucket, Timestamp now) const = 0;

    /// The one of the bucket itself at `now`.
    [[nodiscard]] virtual Result<std::optional<Pause>> OfBucketItself(
        const BucketId& bucket, Timestamp now
    ) const = 0;
};

}  // namespace notify
