#pragma once

// Biometric data that is erased: whose, how many faces, and which artifacts still hold some.

#include <cstdint>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/erasure.hpp"
#include "domain/ids.hpp"

namespace notify {

/// A stored face, as it is looked through for those that nobody has named.
struct AgedFace {
    std::int64_t face = 0;
    TrackId track;
    ResultId result;
    Timestamp stored_at;
    bool is_named = false;  ///< Shown as, or said to be, somebody with a name.
    bool is_empty = false;  ///< Its embeddings were removed.
};

class ErasureRepository {
public:
    ErasureRepository() = default;
    ErasureRepository(const ErasureRepository&) = delete;
    ErasureRepository& operator=(const ErasureRepository&) = delete;
    virtual ~ErasureRepository() = default;

    /// The tracks that are shown as one of these people or said to be theirs; and in items in which one of
    /// them appears all of runs that later ones followed, whoever they show.
    [[nodiscard]] virtual Result<std::vector<TrackId>> FacesOf(const std::vector<PersonId>& people) const = 0;

    /// The items in which one of these people appears.
    [[nodiscard]] virtual Result<std::int64_t> CountItems(const std::vector<PersonId>& people) const = 0;

    /// Removes the embeddings of these tracks and the names of their thumbnails, and has the artifacts of
    /// their results wanted emptied: for this erasure, or for none when `erasure` is empty. How many had any.
    virtual Result<int> EmptyFaces(const std::vector<TrackId>& tracks, const EditId& erasure) = 0;

    /// Faces after this number, in order, at most so many.
    [[nodiscard]] virtual Result<std::vector<AgedFace>> Faces(std::int64_t after, int limit) const = 0;

    virtual Result<void> Add(const Erasure& erasure) = 0;

    /// All, the first one first.
    [[nodiscard]] virtual Result<std::vector<Erasure>> List() const = 0;

    /// Whether one has not ended.
    [[nodiscard]] virtual Result<bool> HasOpen() const = 0;

    /// Results whose artifacts still hold what was emptied.
    [[nodiscard]] virtual Result<std::vector<ResultId>> WantedEmptied(int limit) const = 0;

    /// This one's hold nothing of it any more.
    virtual Result<void> Emptied(const ResultId& result) = 0;

    /// Ends erasures for which no result is wanted emptied; how many.
    virtual Result<int> End(Timestamp now) = 0;
};

}  // namespace notify
