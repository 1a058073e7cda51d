#pragma once

// What waits for somebody to say whose a face is, and what was put off.

#include <cstdint>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"

namespace notify {

/// A name that the service proposes for an appearance and that nobody confirmed.
struct Proposal {
    PersonId person;  ///< With whom they were merged into.
    std::string name;
    ItemId item;
    ResultId result;
    double probability = 0;  ///< That the name is right.
    std::int64_t faces = 0;  ///< Tracks of the appearance.
    int link = 0;            ///< FaceTrack::link of the first of these.
};

/// Who is not asked what until when.
struct Skip {
    std::string actor;
    QuestionId question;
    Timestamp until;
};

class ReviewRepository {
public:
    ReviewRepository() = default;
    ReviewRepository(const ReviewRepository&) = delete;
    ReviewRepository& operator=(const ReviewRepository&) = delete;
    virtual ~ReviewRepository() = default;

    /// Of people who have a name and are not hidden, those with the highest p·(1 − p)·faces first, p being
    /// the probability: at most so many, and no others are read.
    [[nodiscard]] virtual Result<std::vector<Proposal>> Proposals(int limit) const = 0;

    /// How many of these there are; `most` when there are more.
    [[nodiscard]] virtual Result<std::int64_t> CountProposals(int most) const = 0;

    /// In place of an earlier one of the same question by the same actor. Those that are over at `now` go.
    virtual Result<void> Put(const Skip& skip, Timestamp now) = 0;

    /// What the actor is not asked at `now`.
    [[nodiscard]] virtual Result<std::set<QuestionId>> SkippedBy(
        std::string_view actor, Timestamp now
    ) const = 0;
};

}  // namespace notify
