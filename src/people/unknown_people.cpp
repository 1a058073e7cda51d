#include "people/unknown_people.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/person.hpp"
#include "people/clustering.hpp"
#include "people/distance.hpp"
#include "people/indexed_faces.hpp"
#include "people/naming.hpp"
#include "storage/face_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kFacesAtOnce = 256;
constexpr std::size_t kNearOnes = 200;
constexpr int kFacesOfACentre = 100;
constexpr double kLeastWeight = 0.05;

/// Whether it waits for somebody: nobody is named for it, proposed, or excluded.
bool Waits(const SeenFace& seen) {
    return seen.track.mean && seen.is_current && seen.verdict.person.IsEmpty() && !seen.verdict.nobody &&
           seen.shown_as.IsEmpty();
}

bool ShowsSomebodyUnknown(const SeenFace& seen) {
    return seen.track.mean && seen.is_current && !seen.verdict.person.IsEmpty() && !seen.is_named;
}

ClusterTrack AsTrack(const SeenFace& seen) {
    ClusterTrack track{
        .id = seen.track.id,
        .face = *seen.track.mean,
        .weight = std::max(seen.track.quality, kLeastWeight),
        .person = std::nullopt
    };
    if (!seen.verdict.person.IsEmpty()) {
        track.person = seen.verdict.person;
    }
    return track;
}

std::int64_t TogetherMs(const FaceTrack& a, const FaceTrack& b) {
    return std::min(a.end_ms, b.end_ms) - std::max(a.start_ms, b.start_ms);
}

/// What clustering asks for, from the database and the index. The first failure is kept; what is asked after
/// it is answered with nothing.
class StoredGround {
public:
    StoredGround(Storage& storage, IndexedFaces& faces, std::string model)
        : storage_(storage), faces_(faces), model_(std::move(model)) {}

    [[nodiscard]] ClusterGround AsGround() {
        return {
            .near = [this](const Embedding& face, double distance) { return Near(face, distance); },
            .centre = [this](const PersonId& person) { return Centre(person); },
            .bonds = [this](const TrackId& track) { return Bonds(track); },
        };
    }

    void Add(SeenFace seen) {
        const auto id = seen.track.id;
        seen_.insert_or_assign(id, std::move(seen));
    }

    /// Of a track that was added or asked for.
    [[nodiscard]] const TrackId& AnchorOf(const TrackId& track) const { return seen_.at(track).track.anchor; }

    [[nodiscard]] const std::optional<Error>& Failure() const { return failure_; }

private:
    template <class T>
    T ValueOr(Result<T> value) {
        if (!value && !failure_) {
            failure_ = value.error();
        }
        return value ? std::move(*value) : T{};
    }

    std::vector<ClusterTrack> Near(const Embedding& face, double distance) {
        if (failure_) {
            return {};
        }
        std::vector<std::int64_t> numbers;
        for (const auto& near : ValueOr(faces_.Nearest(face, kNearOnes, distance))) {
            numbers.push_back(static_cast<std::int64_t>(near.key));
        }
        std::vector<ClusterTrack> tracks;
        for (auto& seen :
             ValueOr(storage_.Read([&](const Snapshot& snapshot) { return snapshot.faces.Seen(numbers); }))) {
            if (seen.model == model_ && (Waits(seen) || ShowsSomebodyUnknown(seen))) {
                tracks.push_back(AsTrack(seen));
                Add(std::move(seen));
            }
        }
        return tracks;
    }

    Embedding Centre(const PersonId& person) {
        std::vector<WeighedEmbedding> faces;
        for (const auto& seen : ValueOr(storage_.Read([&](const Snapshot& snapshot) {
                 return snapshot.faces.SaidToBe(person, kFacesOfACentre);
             }))) {
            if (seen.track.mean && seen.model == model_) {
                faces.push_back({.embedding = *seen.track.mean, .weight = AsTrack(seen).weight});
            }
        }
        return MeanOf(faces);
    }

    const std::vector<SeenFace>& FacesIn(const ResultId& result) {
        const auto [at, is_new] = results_.try_emplace(result);
        if (is_new && !failure_) {
            at->second = ValueOr(storage_.Read([&](const Snapshot& snapshot) {
                return snapshot.faces.SeenIn(result);
            }));
        }
        return at->second;
    }

    TrackBonds Bonds(const TrackId& id) {
        const auto found = seen_.find(id);
        if (found == seen_.end()) {
            return {};
        }
        const auto own = found->second;  // Add may move what is in the map
        TrackBonds bonds;
        bonds.not_people.assign(own.verdict.not_these.begin(), own.verdict.not_these.end());
        for (const auto& other : FacesIn(own.track.result_id)) {
            if (other.track.id == id) {
                continue;
            }
            const bool same_face = other.track.link == own.track.link;
            if (Waits(other) && same_face) {
                bonds.together.push_back(AsTrack(other));
                Add(other);
            }
            if (same_face || TogetherMs(other.track, own.track) < NamingLimits{}.together_ms) {
                continue;
            }
            if (Waits(other)) {
                bonds.apart.push_back(other.track.id);
            }
            for (const auto& person : {other.verdict.person, other.shown_as}) {
                if (!person.IsEmpty()) {
                    bonds.not_people.push_back(person);
                }
            }
        }
        return bonds;
    }

    Storage& storage_;
    IndexedFaces& faces_;
    std::string model_;  ///< That measured what is asked about: others' faces are not there for it.
    std::map<TrackId, SeenFace> seen_;
    std::map<ResultId, std::vector<SeenFace>> results_;
    std::optional<Error> failure_;
};

struct Batch {
    std::vector<SeenFace> faces;
    std::int64_t up_to = 0;
    std::int64_t gallery_version = 0;
};

/// Nothing when there is none.
Result<std::optional<Batch>> ReadBatch(const Snapshot& snapshot) {
    const auto version = snapshot.people.GalleryVersion();
    const auto after = version ? snapshot.faces.GroupedUpTo() : Unexpected(version.error());
    const auto stored = after ? snapshot.faces.Stored(*after, kFacesAtOnce) : Unexpected(after.error());
    if (!stored) {
        return Unexpected(stored.error());
    }
    if (stored->empty()) {
        return std::nullopt;
    }
    std::vector<std::int64_t> numbers;
    for (const auto& face : *stored) {
        numbers.push_back(face.face);
    }
    return snapshot.faces.Seen(numbers).map([&](std::vector<SeenFace> faces) {
        return std::optional(
            Batch{.faces = std::move(faces), .up_to = numbers.back(), .gallery_version = *version}
        );
    });
}

PeopleEdit EditOf(EditKind kind, PersonId person, const std::set<TrackId>& anchors, Timestamp now) {
    PeopleEdit edit;
    edit.at = now;
    edit.actor = "service";
    edit.kind = kind;
    edit.person = std::move(person);
    edit.tracks.assign(anchors.begin(), anchors.end());
    return edit;
}

std::vector<PeopleEdit> EditsFor(const Clustering& clustering, const StoredGround& ground, Timestamp now) {
    std::vector<PeopleEdit> edits;
    std::map<PersonId, std::set<TrackId>> joined;
    for (const auto& [track, person] : clustering.joined) {
        joined[person].insert(ground.AnchorOf(track));
    }
    edits.reserve(joined.size() + clustering.cores.size());
    for (const auto& [person, anchors] : joined) {
        edits.push_back(EditOf(EditKind::kJoined, person, anchors, now));
    }
    for (const auto& core : clustering.cores) {
        std::set<TrackId> anchors;
        for (const auto& track : core) {
            anchors.insert(ground.AnchorOf(track));
        }
        edits.push_back(EditOf(EditKind::kFound, PersonId(MakeId("per")), anchors, now));
    }
    return edits;
}

}  // namespace

Result<std::optional<int>> UnknownPeople::GroupSome() {
    const auto batch = storage_.Read(ReadBatch);
    if (!batch || !*batch) {
        return batch ? Result<std::optional<int>>(std::nullopt) : Unexpected(batch.error());
    }
    std::map<std::string, std::vector<SeenFace>> waiting;  // by model
    for (const auto& seen : (*batch)->faces) {
        if (Waits(seen)) {
            waiting[seen.model].push_back(seen);
        }
    }
    std::vector<PeopleEdit> edits;
    for (const auto& [model, faces] : waiting) {
        StoredGround ground(storage_, faces_, model);
        std::vector<ClusterTrack> fresh;
        for (const auto& seen : faces) {
            fresh.push_back(AsTrack(seen));
            ground.Add(seen);
        }
        const auto clustering = ClusterTracks(fresh, ground.AsGround());
        if (const auto& failure = ground.Failure()) {
            return Unexpected(*failure);
        }
        std::ranges::move(EditsFor(clustering, ground, clock_.Now()), std::back_inserter(edits));
    }
    return storage_.Write([&](Transaction& transaction) -> Result<std::optional<int>> {
        const auto version = transaction.people.HoldGalleryVersion();
        if (!version || *version != (*batch)->gallery_version) {
            return version.map([](std::int64_t) { return std::optional(0); });  // looked at again
        }
        std::size_t placed = 0;
        for (const auto& edit : edits) {
            if (auto made = MakeEdit(transaction, edit); !made) {
                return Unexpected(made.error());
            }
            placed += edit.tracks.size();
        }
        return transaction.faces.SetGroupedUpTo((*batch)->up_to).map([&] {
            return std::optional(static_cast<int>(placed));
        });
    });
}

Result<int> UnknownPeople::Group(const std::stop_token& stop) {
    int placed = 0;
    while (true) {
        if (stop.stop_requested()) {
            return Fail(ErrorCode::kStopped, "grouping of unknown faces was stopped");
        }
        const auto some = GroupSome();
        if (!some || !*some) {
            return some ? Result<int>(placed) : Unexpected(some.error());
        }
        placed += **some;
    }
}

}  // namespace notify
