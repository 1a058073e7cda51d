#include "delivery/publishing/formats.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "core/result.hpp"
#include "delivery/publishing/avid_markers.hpp"
#include "delivery/publishing/csv.hpp"
#include "delivery/publishing/document.hpp"
#include "delivery/publishing/edl.hpp"
#include "delivery/publishing/face_search.hpp"
#include "delivery/publishing/facts.hpp"
#include "delivery/publishing/line_text.hpp"
#include "delivery/publishing/markdown.hpp"
#include "delivery/publishing/rendering.hpp"
#include "delivery/publishing/standing.hpp"
#include "delivery/publishing/timeline.hpp"
#include "delivery/publishing/webvtt.hpp"
#include "domain/ids.hpp"
#include "domain/publication.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

enum class Needs : std::uint8_t { kFaces, kTimes, kTimecode };

/// How a format that tells of people is written.
struct Way {
    std::string_view format;
    std::string_view start;
    Needs needs;
    bool with_faces;
    std::string (*render)(const PublishedFacts& facts);
};

constexpr auto kWays = std::to_array<Way>({
    {.format = "csv", .start = kCsvStart, .needs = Needs::kFaces, .with_faces = false, .render = RenderCsv},
    {.format = "vtt",
     .start = kWebVttStart,
     .needs = Needs::kTimes,
     .with_faces = false,
     .render = RenderWebVtt},
    {.format = "edl",
     .start = kEdlStart,
     .needs = Needs::kTimecode,
     .with_faces = false,
     .render = RenderEdl},
    {.format = "avid-markers",
     .start = kAvidMarkersStart,
     .needs = Needs::kTimecode,
     .with_faces = false,
     .render = RenderAvidMarkers},
    {.format = "face-search",
     .start = kFaceSearchStart,
     .needs = Needs::kFaces,
     .with_faces = true,
     .render = RenderFaceSearch},
});

/// "" or why an item has nothing to tell in a format.
std::string_view Unfit(const PublishedFacts& facts, Needs needs) {
    if (!facts.looked) {
        return "no run that looks for faces has completed";
    }
    if (needs != Needs::kFaces && facts.media.duration_ms == 0) {
        return "a picture has no times";
    }
    return needs == Needs::kTimecode && !HasEditTimecode(facts.media.timebase)
               ? "its frame rate is unknown, or one that has no timecode"
               : "";
}

Result<Rendering> RenderBy(const Way& way, const Snapshot& snapshot, const ItemId& id) {
    auto facts = ReadFacts(snapshot, id);
    if (!facts) {
        return Unexpected(facts.error());
    }
    if (way.with_faces) {
        if (auto added = AddFaces(snapshot, *facts); !added) {
            return Unexpected(added.error());
        }
    }
    return Rendering{
        .text = way.render(*facts),
        .essence = {},
        .unfit = std::string(Unfit(*facts, way.needs)),
        .pictures = {}
    };
}

Result<Rendering> Plain(Result<std::string> text) {
    return std::move(text).map([](std::string&& whole) {
        return Rendering{.text = std::move(whole), .essence = {}, .unfit = {}, .pictures = {}};
    });
}

}  // namespace

Result<Rendering> Render(
    const Snapshot& snapshot, const ArtifactStore& artifacts, const ItemId& id, std::string_view format
) {
    const auto known = FindPublicationFormat(format);
    if (!known) {
        return Unexpected(known.error());
    }
    if (known->name == kStatusPublication.name) {
        return Plain(RenderStanding(snapshot, id));
    }
    if (known->name == kTimelinePublication.name) {
        return ReadFacts(snapshot, id).map([](const PublishedFacts& facts) {
            return Rendering{
                .text = RenderTimeline(facts),
                .essence = {},
                .unfit = std::string(Unfit(facts, Needs::kFaces)),
                .pictures = {}
            };
        });
    }
    if (known->name == kMarkdown) {
        return RenderMarkdown(snapshot, artifacts, id);
    }
    const auto* const way = std::ranges::find(kWays, known->name, &Way::format);
    return way != kWays.end() ? RenderBy(*way, snapshot, id) : PublicationDocument(snapshot, id);
}

std::string_view StartOf(std::string_view format) noexcept {
    const auto* const way = std::ranges::find(kWays, format, &Way::format);
    if (way != kWays.end()) {
        return way->start;
    }
    if (format == kMarkdown) {
        return kMarkdownStart;
    }
    return format == kJsonPublication.name ? kPublicationStart : std::string_view("{");
}

}  // namespace notify
