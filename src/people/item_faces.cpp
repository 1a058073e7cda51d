#include "people/item_faces.hpp"

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "domain/status.hpp"
#include "people/face_tracks.hpp"
#include "people/labels.hpp"
#include "people/naming.hpp"
#include "storage/appearance_list.hpp"
#include "storage/latest_runs.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// The document's tracks with the embeddings that are stored. Nothing for a result of another kind, and for
/// one whose tracks are not stored yet: its `resolve` row waits, and labels without embeddings would stay.
Result<std::optional<FaceTracks>> ReadSource(const Snapshot& snapshot, const StoredResult& result) {
    if (!IsFaceTracks(result.document)) {
        return std::nullopt;
    }
    auto tracks = ReadFaceTracks(result.document);
    if (!tracks) {
        return Unexpected(tracks.error());
    }
    auto stored = snapshot.people.TracksOf(result.id);
    if (!stored) {
        return Unexpected(stored.error());
    }
    if (TakeStored(*tracks, *stored) < tracks->tracks.size()) {
        return std::nullopt;
    }
    std::map<int, FaceTrack*> by_number;
    for (auto& track : *stored) {
        by_number[track.number] = &track;
    }
    for (auto& facts : tracks->tracks) {
        facts.track.shots = std::move(by_number.at(facts.track.number)->shots);
    }
    return std::optional(std::move(*tracks));
}

/// The latest run of each processor and configuration that completed: what was found before does not count.
Result<std::set<ResultId>> ResultsOf(const Snapshot& snapshot, const ItemId& id) {
    return snapshot.processes.OfItem(id).map([](std::vector<Process> runs) {
        std::erase_if(runs, [](const Process& run) { return run.status != Status::kCompleted; });
        std::set<ResultId> results;
        for (const auto& run : LatestRuns(std::move(runs))) {
            results.insert(run.result_id);
        }
        return results;
    });
}

}  // namespace

Result<ItemFaces> ReadItemFaces(const Snapshot& snapshot, const ItemId& id) {
    const auto results = ResultsOf(snapshot, id);
    auto present = AllAppearances(snapshot.people, {.item_id = id, .person_id = {}});
    if (!results || !present) {
        return Unexpected(results ? present.error() : results.error());
    }
    ItemFaces facts;
    for (const auto& result_id : *results) {
        const auto result = snapshot.results.Get(result_id);
        auto source = result ? ReadSource(snapshot, *result) : Unexpected(result.error());
        if (!source) {
            return Unexpected(source.error());
        }
        if (auto& tracks = *source; tracks) {
            facts.sources.push_back(
                {.result = result_id,
                 .processor = fmt::format("{}@{}", result->processor, result->processor_version),
                 .lineage =
                     {.key = result->lineage_key,
                      .content_sha256 = result->content_sha256,
                      .model_digest = result->model_digest,
                      .embedding_model = result->embedding_model,
                      .config_hash = result->config_hash},
                 .tracks = std::move(*tracks)}
            );
            std::ranges::copy_if(*present, std::back_inserter(facts.present), [&](const Appearance& each) {
                return each.result_id == result_id;
            });
        }
    }
    std::vector<TrackId> anchors;
    for (const auto& source : facts.sources) {
        std::ranges::copy(AnchorsOf(source.tracks, {}), std::back_inserter(anchors));
    }
    return snapshot.people_edits.VerdictsOf(anchors).map([&](Verdicts verdicts) {
        facts.verdicts = std::move(verdicts);
        return std::move(facts);
    });
}

bool IsOfTheItem(ErrorCode code) noexcept {
    return code == ErrorCode::kInvalidArgument || code == ErrorCode::kNotFound ||
           code == ErrorCode::kConflict || code == ErrorCode::kInternal;
}

}  // namespace notify
