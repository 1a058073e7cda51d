#pragma once

// One try to write an item's results back to its store.

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "delivery/outcome.hpp"
#include "delivery/publishing/formats.hpp"
#include "domain/bucket.hpp"
#include "domain/event.hpp"
#include "domain/item.hpp"
#include "sources/source.hpp"
#include "sources/source_of_kind.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Renders the item in the publication's format, notes in the ledger that the object and its pictures will be
/// ours, writes them by the source's publisher and removes pictures it does not have any more. Nothing is
/// written when it stands there already. Thread-safe if `find` is.
class ResultPublisher final {
public:
    /// All outlive it.
    ResultPublisher(Storage& storage, const ArtifactStore& artifacts, const Clock& clock, SourceOfKind find);

    /// Never fails: whatever happened is the outcome. A folder that cannot be written to, or a file of
    /// somebody else's in the place, is tried again on the schedule. What is no longer its key's newest item
    /// is Cancelled, and so is what its bucket does not publish any more, or elsewhere; of a status that was
    /// written before what it opened is ended then. What a format has
    /// nothing to tell of is Skipped, unless something was written before. When the results changed while
    /// they were written, they are written again.
    [[nodiscard]] Outcome Deliver(const Delivery& delivery, const std::stop_token& stop);

private:
    struct Work {
        Publication publication;
        Item item;
        Bucket bucket;
        SourceConnection* source = nullptr;
        PublicationTarget target;
        std::string picture_folder;
        std::vector<PublicationTarget> pictures;  ///< Of the rendering's, in their order.
        Rendering rendering;
        std::string digest;
    };

    [[nodiscard]] Result<Work> Prepare(const Delivery& delivery) const;
    [[nodiscard]] Outcome GivenUp(
        Delivery row, const Work& work, std::optional<DeliveryAttempt> attempt
    ) const;
    [[nodiscard]] Result<void> Forget(const Publication& publication) const;
    [[nodiscard]] Result<void> WritePictures(const Work& work, const std::stop_token& stop) const;
    [[nodiscard]] Result<void> RemovePictures(const Work& work, const std::stop_token& stop) const;
    [[nodiscard]] Result<void> Write(const Work& work, const std::stop_token& stop) const;

    Storage& storage_;
    const ArtifactStore& artifacts_;
    const Clock& clock_;
    SourceOfKind find_;
};

}  // namespace notify
