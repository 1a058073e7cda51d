#include "people/labels.hpp"

#include <cstddef>
#include <map>
#include <set>
#include <span>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "people/anchors.hpp"
#include "people/appearance_ids.hpp"
#include "people/appearances.hpp"
#include "people/distance.hpp"
#include "people/face_tracks.hpp"
#include "people/gallery.hpp"
#include "people/naming.hpp"
#include "storage/appearance_list.hpp"
#include "storage/latest_runs.hpp"
#include "storage/people_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// The same result may be shared by items: its tracks are stored once, so fresh ids give way to those there.
Result<std::map<TrackId, TrackId>> StoreTracks(
    Transaction& transaction, const ResultId& result, std::vector<FaceTrack> tracks
) {
    std::map<int, TrackId> fresh;
    for (auto& track : tracks) {
        track.result_id = result;
        fresh[track.number] = track.id;
    }
    if (auto added = transaction.people.AddTracks(tracks); !added) {
        return Unexpected(added.error());
    }
    return transaction.people.TracksOf(result).map([&](const std::vector<FaceTrack>& stored) {
        std::map<TrackId, TrackId> stands_for;
        for (const auto& track : stored) {
            stands_for[fresh[track.number]] = track.id;
        }
        return stands_for;
    });
}

}  // namespace

std::vector<TrackId> AnchorsOf(const FaceTracks& tracks, std::span<const FaceTrack> judged) {
    std::set<TrackId> anchors;
    for (const auto& facts : tracks.tracks) {
        if (!facts.track.anchor.IsEmpty()) {
            anchors.insert(facts.track.anchor);
        }
    }
    for (const auto& track : judged) {
        anchors.insert(track.anchor);
    }
    return {anchors.begin(), anchors.end()};
}

std::size_t TakeStored(FaceTracks& tracks, const std::vector<FaceTrack>& stored) {
    std::map<int, const FaceTrack*> by_number;
    for (const auto& track : stored) {
        by_number[track.number] = &track;
    }
    std::size_t found = 0;
    for (auto& facts : tracks.tracks) {
        if (const auto there = by_number.find(facts.track.number); there != by_number.end()) {
            facts.track.id = there->second->id;
            facts.track.anchor = there->second->anchor;
            ++found;
        }
    }
    return found;
}

Labels MakeLabels(
    FaceTracks tracks, const Gallery& gallery, const Verdicts& verdicts, std::span<const FaceTrack> judged
) {
    Labels labels{.gallery_version = gallery.version, .tracks = {}, .appearances = {}};
    for (auto& facts : tracks.tracks) {
        if (facts.track.id.IsEmpty()) {
            facts.track.id = TrackId(MakeId("trk"));
        }
        if (const auto mean = MeanOf(facts.Shots()); IsEmbedding(mean)) {
            facts.track.mean = mean;
        }
    }
    FindAnchors(tracks, judged);
    labels.appearances = MakeAppearances(tracks, NameTracks(tracks.tracks, gallery, verdicts), gallery);
    for (auto& appearance : labels.appearances) {
        appearance.id = AppearanceId(MakeId("app"));
    }
    for (auto& facts : tracks.tracks) {
        labels.tracks.push_back(std::move(facts.track));
    }
    return labels;
}

Result<bool> WriteLabels(
    Transaction& transaction, const ItemId& item, const ResultId& result, const Labels& labels
) {
    const auto version = transaction.people.HoldGalleryVersion();
    if (!version) {
        return Unexpected(version.error());
    }
    if (*version != labels.gallery_version) {
        return false;
    }
    auto stands_for = StoreTracks(transaction, result, labels.tracks);
    if (!stands_for) {
        return Unexpected(stands_for.error());
    }
    auto stored = AllAppearances(transaction.people, {.item_id = item, .person_id = {}});
    if (!stored) {
        return Unexpected(stored.error());
    }
    std::erase_if(*stored, [&](const Appearance& each) { return each.result_id != result; });
    auto appearances = labels.appearances;
    for (auto& appearance : appearances) {
        appearance.item_id = item;
        appearance.result_id = result;
        for (auto& track : appearance.tracks) {
            track = (*stands_for)[track];
        }
    }
    KeepIds(appearances, *stored);
    return transaction.people.ReplaceAppearances(item, result, appearances).map([] { return true; });
}

Result<void> RemoveReplacedLabels(
    Transaction& transaction, const ItemId& item, const ResultId& result, const FoundBy& found_by
) {
    auto runs = transaction.processes.OfItem(item);
    if (!runs) {
        return Unexpected(runs.error());
    }
    std::set<ResultId> replaced;
    for (auto& run : *runs) {
        if (run.processor == found_by.processor && run.config_hash == found_by.config_hash &&
            !IsTerminal(run.status)) {
            run.status = Status::kCompleted;
            run.result_id = result;
        }
        replaced.insert(run.result_id);
    }
    std::erase_if(*runs, [](const Process& run) { return run.status != Status::kCompleted; });
    for (const auto& latest : LatestRuns(std::move(*runs))) {
        replaced.erase(latest.result_id);
    }
    for (const auto& earlier : replaced) {
        if (auto removed = transaction.people.RetireAppearances(item, earlier); !removed) {
            return removed;
        }
    }
    return {};
}

}  // namespace notify
