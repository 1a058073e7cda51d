#include "people/explanation.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/calibration.hpp"
#include "people/distance.hpp"
#include "people/face_tracks.hpp"
#include "people/gallery.hpp"
#include "people/item_faces.hpp"
#include "people/matching.hpp"
#include "people/naming.hpp"

namespace notify {

namespace {

constexpr std::size_t kExemplars = 5;

/// The track of the appearance that is nearest to its person, and its name.
struct Decided {
    const TrackFacts* facts;
    Match match;
};

std::optional<Decided> FindDecided(
    const FaceSource& source, const ItemFaces& faces, const Gallery& gallery, const Appearance& appearance
) {
    const auto& tracks = source.tracks.tracks;
    const auto names = NameTracks(tracks, gallery, faces.verdicts);
    std::optional<Decided> decided;
    for (std::size_t i = 0; i < tracks.size(); ++i) {
        const bool is_named =
            names[i] && gallery.people[names[i]->person].id == appearance.person_id &&
            std::ranges::find(appearance.tracks, tracks[i].track.id) != appearance.tracks.end();
        if (is_named && (!decided || names[i]->distance < decided->match.distance)) {
            decided = Decided{.facts = &tracks[i], .match = *names[i]};
        }
    }
    return decided;
}

const TrackVerdict* VerdictOn(const ItemFaces& faces, const TrackFacts& facts) {
    const auto found = faces.verdicts.find(facts.track.anchor);
    return found != faces.verdicts.end() ? &found->second : nullptr;
}

bool SaysPerson(const TrackVerdict* verdict, const Gallery& gallery, std::size_t person) {
    return verdict != nullptr && gallery.PlaceOf(verdict->person) == person;
}

std::set<std::size_t> RejectedOf(
    int link, const FaceSource& source, const ItemFaces& faces, const Gallery& gallery
) {
    return RejectedByLink(source.tracks.tracks, gallery, faces.verdicts)[link];
}

DecidedBy WhatDecided(
    const Decided& decided, const FaceSource& source, const ItemFaces& faces, const Gallery& gallery
) {
    const auto person = decided.match.person;
    const auto* said = VerdictOn(faces, *decided.facts);
    if (SaysPerson(said, gallery, person)) {
        return said->by_system ? DecidedBy::kFound : DecidedBy::kVerdict;
    }
    const auto link = decided.facts->track.link;
    const bool said_of_link = std::ranges::any_of(source.tracks.tracks, [&](const TrackFacts& other) {
        return other.track.link == link && SaysPerson(VerdictOn(faces, other), gallery, person);
    });
    if (said_of_link) {
        return DecidedBy::kLinkVerdict;
    }
    std::vector<WeighedEmbedding> shots;
    for (const auto& other : source.tracks.tracks) {
        if (other.track.link == link) {
            std::ranges::move(other.Shots(), std::back_inserter(shots));
        }
    }
    const auto of_link = MatchShots(shots, gallery, {}, RejectedOf(link, source, faces, gallery));
    return of_link && of_link->person == person && of_link->distance == decided.match.distance
               ? DecidedBy::kLink
               : DecidedBy::kTrack;
}

/// The tracks whose shots were looked at.
std::vector<const TrackFacts*> Evidence(
    const Decided& decided, const FaceSource& source, DecidedBy decided_by
) {
    std::vector<const TrackFacts*> evidence;
    for (const auto& facts : source.tracks.tracks) {
        const bool is_of_link =
            decided_by == DecidedBy::kLink && facts.track.link == decided.facts->track.link;
        if (is_of_link || &facts == decided.facts) {
            evidence.push_back(&facts);
        }
    }
    return evidence;
}

std::vector<Exemplar> NearestOf(
    const std::vector<EnrolmentPhoto>& photos,
    std::string_view model,
    std::span<const WeighedEmbedding> shots,
    std::size_t people
) {
    std::vector<Exemplar> exemplars;
    const auto face = MeanOf(shots);
    const double spread = SpreadOf(shots);
    for (const auto& photo : photos) {
        if (!shots.empty() && IsEmbedding(photo.embedding) && photo.model == model) {
            const double distance = AsOfSinglePictures(DistanceBetween(photo.embedding, face), spread);
            exemplars.push_back(
                {.photo = photo.id,
                 .file_name = photo.file_name,
                 .distance = distance,
                 .probability = ProbabilityOf(distance, people),
                 .has_crop = !photo.crop_sha256.empty()}
            );
        }
    }
    std::ranges::stable_sort(exemplars, {}, &Exemplar::distance);
    exemplars.resize(std::min(exemplars.size(), kExemplars));
    return exemplars;
}

void AddVotes(
    Explanation& to,
    const std::vector<const TrackFacts*>& evidence,
    const Gallery& gallery,
    const std::set<std::size_t>& rejected
) {
    double all = 0;
    double votes = 0;
    for (const auto* facts : evidence) {
        for (const auto& shot : facts->Shots()) {
            const auto nearest = NearestPerson(gallery, shot.embedding, rejected);
            const bool counts =
                nearest && nearest->person == to.match.person && nearest->distance <= to.limits.vote_reach;
            all += shot.weight;
            votes += counts ? shot.weight : 0;
            to.votes.push_back(
                {.track = facts->track.id,
                 .quality = shot.weight,
                 .nearest = nearest ? gallery.people[nearest->person].id : PersonId(),
                 .distance = nearest ? nearest->distance : 2,
                 .counts = counts}
            );
        }
    }
    to.vote_share = all > 0 ? votes / all : 0;
}

}  // namespace

std::string_view ToString(DecidedBy decided) noexcept {
    return kDecidedByWords.at(static_cast<std::size_t>(decided));
}

Result<Explanation> Explain(
    const ItemFaces& faces,
    const Galleries& galleries,
    const Appearance& appearance,
    const std::vector<EnrolmentPhoto>& photos
) {
    const auto source = std::ranges::find(faces.sources, appearance.result_id, &FaceSource::result);
    const auto& gallery =
        galleries.Of(source != faces.sources.end() ? source->lineage.embedding_model : std::string());
    const auto decided = source != faces.sources.end() ? FindDecided(*source, faces, gallery, appearance)
                                                       : std::optional<Decided>();
    if (!decided) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format("people have changed: appearance {} is looked at again", appearance.id.Value())
        );
    }
    const auto rejected = RejectedOf(decided->facts->track.link, *source, faces, gallery);
    Explanation why{.appearance = appearance, .match = decided->match};
    why.decided_by = WhatDecided(*decided, *source, faces, gallery);
    why.processor = source->processor;
    why.lineage = source->lineage;
    why.gallery_version = gallery.version;
    const auto evidence = Evidence(*decided, *source, why.decided_by);
    AddVotes(why, evidence, gallery, rejected);
    std::vector<WeighedEmbedding> shots;
    for (const auto* facts : evidence) {
        std::ranges::move(facts->Shots(), std::back_inserter(shots));
    }
    const auto face = MeanOf(shots);
    auto others = rejected;
    others.insert(why.match.person);
    if (const auto next = NearestPerson(gallery, face, others); next && !shots.empty()) {
        why.runner_up = gallery.people[next->person].id;
        why.runner_up_distance = AsOfSinglePictures(next->distance, SpreadOf(shots));
    }
    why.people = gallery.Comparable();
    why.exemplars = NearestOf(photos, source->lineage.embedding_model, shots, why.people);
    for (const auto* facts : evidence) {
        if (!facts->track.thumbnail.empty()) {
            why.crops.push_back(facts->track.thumbnail);
        }
    }
    return why;
}

}  // namespace notify
