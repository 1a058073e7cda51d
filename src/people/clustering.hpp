#pragma once

// Which face tracks without a name show the same unknown person, as tracks come in. Pure.

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "domain/ids.hpp"
#include "domain/person.hpp"

namespace notify {

/// A face track as clustering sees it.
struct ClusterTrack {
    TrackId id;
    Embedding face{};                ///< The mean of its shots, length 1.
    double weight = 1;               ///< How much it speaks for others: its quality, above 0.
    std::optional<PersonId> person;  ///< Whom it shows; nobody while it waits.
};

/// What people, and the picture itself, say of a track. It is respected whatever faces look like.
struct TrackBonds {
    std::vector<ClusterTrack> together;  ///< Waiting tracks of the same face.
    std::vector<TrackId> apart;        ///< Waiting tracks of other faces: "not the same", or seen beside it.
    std::optional<PersonId> person;    ///< Somebody said that it shows this person.
    std::vector<PersonId> not_people;  ///< "Not this person", or somebody beside it is that person.
};

/// The faces that are kept, as clustering asks for them. Its answers do not change meanwhile.
struct ClusterGround {
    /// The tracks whose face is nearer than a distance to this one, in any order; itself may be among them.
    std::function<std::vector<ClusterTrack>(const Embedding& face, double distance)> near;
    /// The mean of the faces of a person that `near` has named.
    std::function<Embedding(const PersonId& person)> centre;
    /// What is said of a waiting track. A bond that one of two tracks has the other one has too.
    std::function<TrackBonds(const TrackId& track)> bonds;
};

/// Where the lines are. Their sources: docs/processors/facial-recognition.md, "Unknown people".
struct ClusterLimits {
    double reach = 0.34;  ///< Faces nearer than this speak for each other.
    double join = 0.33;  ///< A track joins a person whose centre is nearer than this, as far as faces decide.
    std::size_t core = 3;  ///< So many tracks make a new person.
};

/// What became of tracks that waited. Those of neither member go on waiting.
struct Clustering {
    std::map<TrackId, PersonId> joined;       ///< They show somebody who was there before.
    std::vector<std::vector<TrackId>> cores;  ///< Each shows a new person: at least `core` tracks, by id.
};

/// Places the `fresh` tracks, none of which has a person, and the waiting tracks that can be reached from
/// them in steps of `reach` or by bonds: Chinese whispers in which those who have a person do not change
/// theirs. Nothing else is looked at, so the cost is that of these and of their neighbours.
///  - People who are there stay as they are: none is split, joined to another or loses a track.
///  - No two tracks that are apart get one person, and no track one that it is not; tracks that are together
///  get
///    the same or wait together. Tracks of which contradictory things are said wait.
///  - The answer depends on the tracks, not on the order of `fresh` or of what the ground answers. What was
///    placed by earlier calls stays, so it may depend on which tracks came before which.
[[nodiscard]] Clustering ClusterTracks(
    std::span<const ClusterTrack> fresh, const ClusterGround& ground, const ClusterLimits& limits = {}
);

}  // namespace notify
