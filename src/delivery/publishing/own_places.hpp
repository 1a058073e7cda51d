#pragma once

// What we write into stores is noted in the ledger before it is there, so that it never becomes an item.

#include <span>
#include <stop_token>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "sources/source.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The places of one bucket's results. Made for one publication; what it is given outlives it.
class OwnPlaces final {
public:
    OwnPlaces(Storage& storage, const Clock& clock, const Bucket& bucket, SourceConnection& source)
        : storage_(storage), clock_(clock), bucket_(bucket), source_(source) {}

    /// True when the ledger has the target. Errors of the repository only.
    [[nodiscard]] Result<bool> Has(const PublicationTarget& target) const;

    /// Notes the target of a text and those of its pictures. What an earlier database of this service wrote
    /// is taken over, and so is an empty object; the pictures go with their text. kConflict when somebody
    /// else's stands there, and what StartOfPublished fails with; nothing is noted then.
    [[nodiscard]] Result<void> Take(
        const PublicationTarget& text,
        std::span<const PublicationTarget> pictures,
        const std::stop_token& stop
    ) const;

private:
    [[nodiscard]] Result<bool> WasOurs(const PublicationTarget& text, const std::stop_token& stop) const;
    [[nodiscard]] Result<void> Note(const std::vector<PublicationTarget>& targets) const;
    [[nodiscard]] Result<void> CheckFree(const PublicationTarget& target, const std::stop_token& stop) const;

    Storage& storage_;
    const Clock& clock_;
    const Bucket& bucket_;
    SourceConnection& source_;
};

}  // namespace notify
