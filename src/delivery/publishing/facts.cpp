#include "delivery/publishing/facts.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "core/json.hpp"
#include "core/result.hpp"
#include "core/timecode.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "domain/status.hpp"
#include "storage/appearance_list.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/latest_runs.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

namespace json = boost::json;

constexpr std::string_view kSchema = "face_tracks/1";
constexpr std::size_t kMostFaces = 50'000;  // about 15 MB of text
constexpr double kMostMs = 1e12;            // some decades
constexpr double kMostPixels = 1e7;
constexpr double kMostTracks = 1e9;

const json::value* Member(const json::value& value, std::string_view name) {
    const auto* const object = value.if_object();
    return object == nullptr ? nullptr : object->if_contains(name);
}

/// What a document says comes from the sandbox: a number beyond is taken for the nearest that can be; 0 for
/// none.
double NumberAt(const json::value& value, std::string_view name, double least, double most) {
    const auto* const member = Member(value, name);
    return member != nullptr && member->is_number() ? std::clamp(member->to_number<double>(), least, most)
                                                    : 0;
}

std::int64_t MillisecondsAt(const json::value& value, std::string_view name) {
    return static_cast<std::int64_t>(NumberAt(value, name, 0, kMostMs));
}

std::string TextAt(const json::value& value, std::string_view name) {
    const auto* const member = Member(value, name);
    return member != nullptr && member->is_string() ? std::string(member->get_string()) : std::string();
}

const json::array& ArrayAt(const json::value& value, std::string_view name) {
    static const json::array none;
    const auto* const member = Member(value, name);
    return member != nullptr && member->is_array() ? member->get_array() : none;
}

Box BoxOf(const json::value& value) {
    return {
        .x = NumberAt(value, "x", -kMostPixels, kMostPixels),
        .y = NumberAt(value, "y", -kMostPixels, kMostPixels),
        .width = NumberAt(value, "width", 0, kMostPixels),
        .height = NumberAt(value, "height", 0, kMostPixels)
    };
}

Timebase TimebaseOf(const json::value& media) {
    const auto rate = ParseFrameRate(TextAt(media, "frame_rate"));
    if (!rate) {
        return {};
    }
    const auto* const drop = Member(media, "drop_frame");
    const Timebase from_zero{
        .rate = *rate, .start = 0, .drop_frame = drop != nullptr && drop->is_bool() && drop->get_bool()
    };
    return ParseTimecode(TextAt(media, "start_timecode"), *rate).value_or(from_zero);
}

SeenMedia MediaOf(const json::value& document) {
    const auto* const media = Member(document, "media");
    if (media == nullptr) {
        return {};
    }
    return {
        .media_type = TextAt(*media, "media_type"),
        .duration_ms = MillisecondsAt(*media, "duration_ms"),
        .width = NumberAt(*media, "width", 0, kMostPixels),
        .height = NumberAt(*media, "height", 0, kMostPixels),
        .timebase = TimebaseOf(*media)
    };
}

Result<std::vector<FaceResult>> FaceResults(const Snapshot& snapshot, const ItemId& id) {
    auto all = snapshot.processes.OfItem(id);
    if (!all) {
        return Unexpected(all.error());
    }
    std::vector<FaceResult> results;
    for (const auto& process : LatestRuns(std::move(*all))) {
        if (process.status != Status::kCompleted || process.result_id.IsEmpty()) {
            continue;
        }
        const auto stored = snapshot.results.Get(process.result_id);
        if (!stored) {
            return Unexpected(stored.error());
        }
        auto document = ParseJson(stored->document);
        if (!document) {
            return Unexpected(document.error().Within("result " + process.result_id.Value()));
        }
        if (TextAt(*document, "schema") == kSchema) {
            results.push_back({.id = process.result_id, .document = std::move(*document)});
        }
    }
    return results;
}

/// Every how many samples of a track one is taken.
std::size_t Thinning(const std::vector<FaceResult>& results) {
    std::size_t boxes = 0;
    for (const auto& result : results) {
        for (const auto& track : ArrayAt(result.document, "tracks")) {
            boxes += ArrayAt(track, "boxes").size();
        }
    }
    return std::max<std::size_t>(1, (boxes + kMostFaces - 1) / kMostFaces);
}

/// Of the tracks of one result, by their number, whose they are.
Result<std::map<int, int>> OwnersOf(
    const Snapshot& snapshot, const ResultId& result, const std::vector<Appearance>& appearances
) {
    std::map<TrackId, int> owners;
    for (std::size_t i = 0; i < appearances.size(); ++i) {
        for (const auto& track : appearances[i].tracks) {
            owners[track] = static_cast<int>(i);
        }
    }
    return snapshot.people.TracksOf(result).map([&](const std::vector<FaceTrack>& tracks) {
        std::map<int, int> by_number;
        for (const auto& track : tracks) {
            if (const auto found = owners.find(track.id); found != owners.end()) {
                by_number[track.number] = found->second;
            }
        }
        return by_number;
    });
}

}  // namespace

Result<std::vector<Appearance>> AppearancesInOrder(const Snapshot& snapshot, const ItemId& id) {
    return AllAppearances(snapshot.people, {.item_id = id, .person_id = {}, .named = true})
        .map([](std::vector<Appearance> appearances) {
            std::ranges::stable_sort(appearances, {}, [](const Appearance& appearance) {
                return std::tuple(
                    appearance.start_ms,
                    appearance.end_ms,
                    appearance.person_name,
                    appearance.person_id.Value()
                );
            });
            return appearances;
        });
}

Result<PublishedFacts> ReadFacts(const Snapshot& snapshot, const ItemId& id) {
    auto item = snapshot.items.Get(id);
    if (!item) {
        return Unexpected(item.error());
    }
    const auto bucket = snapshot.buckets.Get(item->bucket_id);
    auto results = FaceResults(snapshot, id);
    auto appearances = AppearancesInOrder(snapshot, id);
    if (!bucket || !results || !appearances) {
        return Unexpected(!bucket ? bucket.error() : !results ? results.error() : appearances.error());
    }
    PublishedFacts facts;
    facts.item = std::move(*item);
    facts.bucket = bucket->name;
    facts.looked = !results->empty();
    if (facts.looked) {
        facts.media = MediaOf(results->front().document);
    } else if (!appearances->empty()) {
        facts.media.timebase = appearances->front().timebase;  // what a run that has given way left
    }
    facts.appearances = std::move(*appearances);
    facts.results = std::move(*results);
    return facts;
}

Result<void> AddFaces(const Snapshot& snapshot, PublishedFacts& facts) {
    const auto thinning = Thinning(facts.results);
    int face = 0;
    for (const auto& result : facts.results) {
        const auto owners = OwnersOf(snapshot, result.id, facts.appearances);
        if (!owners) {
            return Unexpected(owners.error());
        }
        for (const auto& track : ArrayAt(result.document, "tracks")) {
            ++face;
            const auto owner = owners->find(static_cast<int>(NumberAt(track, "track", 0, kMostTracks)));
            const auto& boxes = ArrayAt(track, "boxes");
            for (std::size_t i = 0; i < boxes.size(); i += thinning) {
                facts.faces.push_back(
                    {.ms = MillisecondsAt(boxes[i], "ms"),
                     .face = face,
                     .box = BoxOf(boxes[i]),
                     .appearance = owner == owners->end() ? -1 : owner->second}
                );
            }
        }
    }
    std::ranges::sort(facts.faces, {}, [](const FaceSample& sample) {
        return std::pair(sample.ms, sample.face);
    });
    return {};
}

}  // namespace notify
