#pragma once

// How long it is kept what faces look like that nobody has named: each bucket may say it for itself.

#include <chrono>
#include <map>
#include <optional>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Of one moment. Periods of 0 days last for ever.
class KeepingUnnamed final {
public:
    /// What the buckets say (BucketRetention::unnamed), else `otherwise`.
    [[nodiscard]] static Result<KeepingUnnamed> Read(const Snapshot& snapshot, std::chrono::days otherwise);

    /// The shortest period of any bucket; nothing when all last for ever.
    [[nodiscard]] std::optional<std::chrono::days> Shortest() const;

    /// Those of the faces that nobody has named for too long. One that is in several buckets stays as long as
    /// any of them keeps it.
    [[nodiscard]] Result<std::vector<TrackId>> Due(
        const Snapshot& snapshot, const std::vector<AgedFace>& faces, Timestamp now
    ) const;

private:
    explicit KeepingUnnamed(std::chrono::days otherwise) : otherwise_(otherwise) {}

    [[nodiscard]] std::chrono::days LongestOf(const std::vector<BucketId>& buckets) const;

    std::chrono::days otherwise_;
    std::map<BucketId, std::chrono::days> of_bucket_;
};

}  // namespace notify
