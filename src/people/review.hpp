#pragma once

// What the service would like to know of the faces it has seen, most telling first.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/candidates.hpp"
#include "people/gallery.hpp"
#include "storage/review_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// How long a question that was skipped is not asked, unless its faces change before.
inline constexpr std::chrono::hours kSkippedFor{24 * 7};

/// Who is asked, and when.
struct Reviewer {
    std::string actor;
    Timestamp now;
};

/// A picture of a face: an artifact of a result.
struct FaceCrop {
    ResultId result;
    std::string artifact;
};

/// "Is this Ada?" of one face of a result (its tracks of one link), or "who is this?" of somebody who was
/// found and has no name.
struct ReviewQuestion {
    QuestionId id;  ///< Another one when the faces it is about are others.
    PersonId person;
    std::string name;        ///< Empty: who is this?
    double gain_bits = 0;    ///< What an answer tells: bits of the name, for each face that it settles.
    std::int64_t faces = 0;  ///< That it settles.
    std::vector<AppearanceId> settles;        ///< What an answer to "is this Ada?" names: all of it, at most
                                              ///< 1,000. An answer to "who is this?" names the person.
    std::vector<Appearance> appearances;      ///< At most five of them.
    std::vector<FaceCrop> crops;              ///< Of the best faces, at most five, the best first.
    std::vector<PersonCandidate> candidates;  ///< The nearest people who are known, at most three.
};

struct OpenReview {
    std::vector<ReviewQuestion> questions;
    std::int64_t proposals = 0;  ///< Appearances that wait for somebody to confirm them; counted to 10,000.
    std::int64_t unknown = 0;    ///< People without a name; counted to 10,000.
    std::int64_t skipped = 0;    ///< Questions that are left out because this reviewer skipped them.
};

/// The most telling `limit` questions that the reviewer did not skip; of people without a name those who were
/// seen most, though some of their faces may be kept no more. They are chosen from the 2,000
/// proposals that are highest in the repository's order (10,000 where skips leave few), and the 10,000 people
/// without a name who are seen most. Errors of the repositories only.
[[nodiscard]] Result<OpenReview> OpenQuestions(
    const Snapshot& snapshot, const Galleries& galleries, const Reviewer& reviewer, std::size_t limit
);

/// Has the reviewer not be asked that for kSkippedFor, also after a restart and on other nodes; others are.
/// What is kept. kNotFound when no such question is open.
[[nodiscard]] Result<Skip> SkipQuestion(Storage& storage, const QuestionId& id, const Reviewer& reviewer);

}  // namespace notify
