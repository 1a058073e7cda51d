#pragma once

// What the formats of docs/publications.md are written from: the item, who appears when, and the media's
// times.

#include <cstdint>
#include <string>
#include <vector>

#include <boost/json/value.hpp>

#include "core/result.hpp"
#include "core/timecode.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/person.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The media as the processor that looked for faces saw it.
struct SeenMedia {
    std::string media_type;        ///< "video/mp4"; "" when not known.
    std::int64_t duration_ms = 0;  ///< 0 for a picture.
    double width = 0;              ///< Display pixels; 0 when not known.
    double height = 0;
    Timebase timebase;  ///< None for a picture and for an unknown rate.
};

/// A face in one frame.
struct FaceSample {
    std::int64_t ms = 0;
    int face = 0;         ///< Of the same track the same number, from 1.
    Box box;              ///< Display pixels.
    int appearance = -1;  ///< Whose it is: index in PublishedFacts::appearances; -1 for nobody's.
};

/// A result of the schema face_tracks/1.
struct FaceResult {
    ResultId id;
    boost::json::value document;
};

struct PublishedFacts {
    Item item;
    std::string bucket;                   ///< Its name.
    bool looked = false;                  ///< Some latest run that looks for faces completed.
    SeenMedia media;                      ///< Of the first such run.
    std::vector<Appearance> appearances;  ///< By start, end, name: the same people in the same order.
    std::vector<FaceSample> faces;        ///< Only after AddFaces.
    std::vector<FaceResult> results;      ///< Of those runs.
};

/// All of the item's appearances by start, end, name, person: an order that new rows of the same people keep.
[[nodiscard]] Result<std::vector<Appearance>> AppearancesInOrder(const Snapshot& snapshot, const ItemId& id);

/// Everything but `faces`. kNotFound when the item or its bucket is gone, kInvalidArgument for a result's
/// document that is no JSON.
[[nodiscard]] Result<PublishedFacts> ReadFacts(const Snapshot& snapshot, const ItemId& id);

/// Fills `faces` from `results`, by time and number; of more than 50,000 every second, third, … of a track.
/// Errors of the repository only.
[[nodiscard]] Result<void> AddFaces(const Snapshot& snapshot, PublishedFacts& facts);

}  // namespace notify
