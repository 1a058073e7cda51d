#include "people/labels.hpp"

#include <map>
#include <utility>

#include "core/ulid.hpp"
#include "people/appearances.hpp"
#include "people/naming.hpp"
#include "storage/people_repository.hpp"

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

Labels MakeLabels(FaceTracks tracks, const Gallery& gallery) {
    Labels labels{.gallery_version = gallery.version, .tracks = {}, .appearances = {}};
    for (auto& facts : tracks.tracks) {
        facts.track.id = TrackId(MakeId("trk"));
    }
    labels.appearances = MakeAppearances(tracks, NameTracks(tracks.tracks, gallery), gallery);
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
    const auto version = transaction.people.GalleryVersion();
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
    auto appearances = labels.appearances;
    for (auto& appearance : appearances) {
        appearance.item_id = item;
        appearance.result_id = result;
        for (auto& track : appearance.tracks) {
            track = (*stands_for)[track];
        }
    }
    return transaction.people.ReplaceAppearances(item, result, appearances).map([] { return true; });
}

}  // namespace notify
