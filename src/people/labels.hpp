#pragma once

// Names over the tracks of one item, decided outside a transaction and written inside one.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"
#include "people/face_tracks.hpp"
#include "people/gallery.hpp"
#include "people/naming.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What is to be written: tracks and the appearances over them, by one version of the gallery.
struct Labels {
    std::int64_t gallery_version = 0;
    std::vector<FaceTrack> tracks;
    std::vector<Appearance> appearances;  ///< Ids are fresh; item and result are set when they are written.
};

/// Decides who is in an item. Tracks without an id get one, and those without an anchor the one of `judged`
/// whose face they show (anchors.hpp). Pure but for the ids.
[[nodiscard]] Labels MakeLabels(
    FaceTracks tracks,
    const Gallery& gallery,
    const Verdicts& verdicts = {},
    std::span<const FaceTrack> judged = {}
);

/// Adds the result's tracks, unless they are there, and replaces the item's appearances from it, which keep
/// the ids of those they are still (appearance_ids.hpp). False, and nothing is written, when the gallery has
/// changed since. Call inside a transaction.
[[nodiscard]] Result<bool> WriteLabels(
    Transaction& transaction, const ItemId& item, const ResultId& result, const Labels& labels
);

/// The anchors of the tracks, and of those that stand for them.
[[nodiscard]] std::vector<TrackId> AnchorsOf(const FaceTracks& tracks, std::span<const FaceTrack> judged);

/// Gives tracks the ids and anchors that are stored of the same result; how many have been found.
std::size_t TakeStored(FaceTracks& tracks, const std::vector<FaceTrack>& stored);

/// What found a result.
struct FoundBy {
    std::string processor;
    std::string config_hash;
};

/// Removes the item's appearances from results that are not those of a latest run that Completed, as the run
/// that found `result` is about to: with another version, other models or another configuration both would
/// name each face. Call inside a transaction.
[[nodiscard]] Result<void> RemoveReplacedLabels(
    Transaction& transaction, const ItemId& item, const ResultId& result, const FoundBy& found_by
);

}  // namespace notify
