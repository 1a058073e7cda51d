#pragma once

// Faces as they are found again by what they look like: one embedding a track, by a number. And how far what
// is done with them in the background has come.

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A face that was stored or removed.
struct FaceNews {
    std::int64_t sequence = 0;      ///< Rises with each, in the order in which transactions commit.
    std::int64_t face = 0;          ///< Its number: the sequence with which it was stored.
    std::optional<Embedding> mean;  ///< Nothing when it was removed.
};

/// A face with what is known and said of it.
struct SeenFace {
    std::int64_t face = 0;
    FaceTrack track;          ///< With `mean`; without shots.
    std::string model;        ///< That measured it: StoredResult::embedding_model.
    TrackVerdict verdict;     ///< `person`: with whom they were merged into.
    PersonId shown_as;        ///< In an appearance, confirmed or proposed; empty: in none.
    bool is_current = false;  ///< Found by a latest run that Completed, as LatestRuns has them.
    bool is_named = false;    ///< Somebody with a name is meant by the verdict or shown.
};

/// What names depend on. 0: none.
struct ComparedWith {
    std::int64_t gallery = 0;  ///< Its version.
    std::int64_t rules = 0;    ///< kNamingRules (people/matching.hpp).
};

/// A face of somebody who has no photo.
struct FaceForPhoto {
    PersonId person;                ///< Whoever was merged into nobody.
    std::optional<Embedding> mean;  ///< Nothing when it is kept no more.
    std::string model;              ///< The result's embedding_model.
};

class FaceRepository {
public:
    FaceRepository() = default;
    FaceRepository(const FaceRepository&) = delete;
    FaceRepository& operator=(const FaceRepository&) = delete;
    virtual ~FaceRepository() = default;

    /// Of the last face that was stored or removed; 0 before the first.
    [[nodiscard]] virtual Result<std::int64_t> LastSequence() const = 0;

    /// The stored faces after this number, in order, at most so many. Each as news of its number.
    [[nodiscard]] virtual Result<std::vector<FaceNews>> Stored(std::int64_t after, int limit) const = 0;

    /// What was stored and removed after this sequence, in order, at most so many. kNotFound when removals
    /// after it are not kept any more: the last million are.
    [[nodiscard]] virtual Result<std::vector<FaceNews>> After(std::int64_t sequence, int limit) const = 0;

    /// Those of these faces that are there, in no order.
    [[nodiscard]] virtual Result<std::vector<SeenFace>> Seen(
        const std::vector<std::int64_t>& faces
    ) const = 0;

    /// All faces of a result.
    [[nodiscard]] virtual Result<std::vector<SeenFace>> SeenIn(const ResultId& result) const = 0;

    /// Faces that a verdict gives this person or somebody who was merged into them, the best first. Of a face
    /// that several runs found, the first one's.
    [[nodiscard]] virtual Result<std::vector<SeenFace>> SaidToBe(const PersonId& person, int limit) const = 0;

    /// Of everybody who has a name and no photo faces that a verdict gives them or somebody who was merged
    /// into them, at most `limit` of each: the best of the first 300 that are kept, the best first. Of a face
    /// that several runs found, the first one's.
    [[nodiscard]] virtual Result<std::vector<FaceForPhoto>> ForPhotos(int limit) const = 0;

    /// People without a name of whom a face is kept, with how many faces were ever said to be theirs, those
    /// that are kept no more among them (CountKept); those with most first.
    [[nodiscard]] virtual Result<std::vector<std::pair<PersonId, std::int64_t>>> WithoutName(
        int limit
    ) const = 0;

    /// How many faces are kept that are said to be the person's or of somebody merged into them.
    [[nodiscard]] virtual Result<std::int64_t> CountKept(const PersonId& root) const = 0;

    /// The items in which these faces are seen, by face.
    [[nodiscard]] virtual Result<std::vector<std::pair<std::int64_t, ItemId>>> ItemsOf(
        const std::vector<std::int64_t>& faces
    ) const = 0;

    /// With what all past items were compared, as far as it is known.
    [[nodiscard]] virtual Result<ComparedWith> Compared() const = 0;

    /// All past items were compared with it, or are wanted looked at again. What is lower changes nothing.
    virtual Result<void> SetCompared(const ComparedWith& with) = 0;

    /// The last face of which it was asked whether it shows somebody unknown (people/unknown_people.hpp).
    [[nodiscard]] virtual Result<std::int64_t> GroupedUpTo() const = 0;
    virtual Result<void> SetGroupedUpTo(std::int64_t face) = 0;
};

}  // namespace notify
