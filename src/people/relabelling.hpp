#pragma once

// Names for past items after people changed: from stored tracks, without decoding anything again.

#include <cstdint>
#include <memory>
#include <mutex>
#include <stop_token>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "people/gallery.hpp"
#include "people/indexed_faces.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Thread-safe. Everything borrowed outlives it.
class Relabelling final {
public:
    Relabelling(Storage& storage, const Clock& clock, IndexedFaces& faces)
        : storage_(storage), clock_(clock), faces_(faces), gallery_(storage) {}

    /// Decides the item's appearances again, of the latest run of each processor and configuration that
    /// completed; a result that waits to be resolved is left to that. When they changed they are replaced,
    /// and the event `item.labels_changed` tells the confirmed people, once for each version of the gallery.
    /// True when they changed. kConflict when people kept changing meanwhile.
    [[nodiscard]] Result<bool> RelabelItem(const ItemId& id);

    /// All items, newest first, a page at a time; how many changed. Each item is a transaction of its own, so
    /// nothing waits for the whole; one whose facts cannot be read is logged and left as it is. kStopped when
    /// `stop` was requested. Run again after a failure: items that are right already are left alone.
    [[nodiscard]] Result<int> RelabelAll(const std::stop_token& stop);

    /// What RelabelAll does, by way of the items alone that may have changed: those that edits want looked at
    /// again, and those with a face near the exemplars of people who came, went or have others since past
    /// items were compared last. All of them when nobody knows what changed since (a stop in between),
    /// when so many people are known that thresholds are others, and when other rules named them
    /// (kNamingRules). Those whose people have other names now are told also where the appearances stay as
    /// they are.
    [[nodiscard]] Result<int> Relabel(const std::stop_token& stop);

    /// Counts the changes of people.
    [[nodiscard]] Result<std::int64_t> GalleryVersion() {
        return gallery_.Current().map([](const auto& galleries) { return galleries->Version(); });
    }

private:
    /// What is asked of one item.
    struct Wish {
        ItemId item;
        bool wanted = false;  ///< An edit wants it.
        bool tell = false;
    };

    [[nodiscard]] Result<int> RelabelWanted(const std::stop_token& stop);

    /// How many changed besides the wanted ones, of which there may be more afterwards.
    [[nodiscard]] Result<int> Compare(
        const std::shared_ptr<const Galleries>& current, const std::stop_token& stop
    );
    [[nodiscard]] Result<void> WantNear(const Galleries& before, const Galleries& current);

    [[nodiscard]] Result<bool> TryItem(const Wish& wish, bool& changed);
    [[nodiscard]] Result<bool> Fulfil(const Wish& wish);

    /// True when it changed. An item's own failure is logged, and passed over.
    [[nodiscard]] Result<bool> FulfilOrLog(const Wish& wish, const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    IndexedFaces& faces_;
    GalleryCache gallery_;
    std::mutex comparing_;
    std::shared_ptr<const Galleries> compared_;  ///< With which past items were compared. Under comparing_.
};

}  // namespace notify
