#include "people/review.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/candidates.hpp"
#include "people/distance.hpp"
#include "people/gallery.hpp"
#include "storage/appearance_list.hpp"
#include "storage/face_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/review_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kMostProposals = 2'000;
constexpr int kFewProposals = 100;
constexpr int kMostCounted = 10'000;
constexpr std::size_t kMostSettled = 1'000;
constexpr int kShown = 5;
constexpr std::size_t kCandidates = 3;
constexpr std::size_t kDigitsOfId = 26;

/// A question before it is looked at closely, with the face that a proposal is about.
struct Draft {
    ReviewQuestion question;
    ItemId item;
    ResultId result;
    int link = 0;
};

struct Drafts {
    std::vector<Draft> all;  ///< The most telling first.
    std::int64_t proposals = 0;
    std::int64_t unknown = 0;
};

/// Of a question with two answers, in bits: 0 … 1.
double EntropyOf(double probability) {
    const auto term = [](double p) { return p > 0 ? -p * std::log2(p) : 0; };
    return term(probability) + term(1 - probability);
}

double GainOf(double probability, std::int64_t faces) {
    return EntropyOf(probability) * static_cast<double>(faces);
}

QuestionId IdOf(std::string_view about) {
    return QuestionId("que_" + Sha256Hex(about).substr(0, kDigitsOfId));
}

/// Those of one face are one question: the same evidence gave all of them the name. Items that share the
/// result share its tracks, and with them the answer.
Result<std::vector<Draft>> ReadProposals(const ReviewRepository& review, int most) {
    auto proposals = review.Proposals(most);
    if (!proposals) {
        return Unexpected(proposals.error());
    }
    std::vector<Draft> drafts;
    std::map<std::tuple<ResultId, PersonId, int>, std::size_t> places;
    for (auto& proposal : *proposals) {
        const auto key = std::tuple(proposal.result, proposal.person, proposal.link);
        const auto [place, is_new] = places.try_emplace(key, drafts.size());
        if (is_new) {
            Draft draft;
            draft.question.id = IdOf(
                fmt::format("{} {} {}", proposal.person.Value(), proposal.result.Value(), proposal.link)
            );
            draft.question.person = proposal.person;
            draft.question.name = std::move(proposal.name);
            draft.item = proposal.item;
            draft.result = proposal.result;
            draft.link = proposal.link;
            drafts.push_back(std::move(draft));
        }
        auto& draft = drafts[place->second];
        if (draft.item == proposal.item) {
            draft.question.faces += proposal.faces;
            draft.question.gain_bits += GainOf(proposal.probability, proposal.faces);
        }
    }
    return drafts;
}

Draft AboutUnknown(const PersonId& person, std::int64_t faces) {
    Draft draft;
    draft.question.id = IdOf(fmt::format("{} {}", person.Value(), faces));
    draft.question.person = person;
    draft.question.faces = faces;
    draft.question.gain_bits = static_cast<double>(faces);
    return draft;
}

void SortByGain(auto& rows, auto gain) {
    std::ranges::stable_sort(rows, [&](const auto& a, const auto& b) { return gain(a) > gain(b); });
}

/// What was skipped is among them. Where that leaves few proposals, more are read.
Result<Drafts> ReadDrafts(const Snapshot& snapshot, const std::set<QuestionId>& skipped) {
    auto proposals = ReadProposals(snapshot.review, kMostProposals);
    const auto count =
        proposals ? snapshot.review.CountProposals(kMostCounted) : Unexpected(proposals.error());
    if (!count) {
        return Unexpected(count.error());
    }
    const auto open = std::ranges::count_if(*proposals, [&](const Draft& draft) {
        return !skipped.contains(draft.question.id);
    });
    if (*count > kMostProposals && open < kFewProposals) {
        proposals = ReadProposals(snapshot.review, kMostCounted);
    }
    const auto unknown = proposals ? snapshot.faces.WithoutName(kMostCounted) : Unexpected(proposals.error());
    if (!unknown) {
        return Unexpected(unknown.error());
    }
    Drafts drafts{.all = std::move(*proposals), .proposals = *count, .unknown = std::ssize(*unknown)};
    for (const auto& [person, faces] : *unknown) {
        drafts.all.push_back(AboutUnknown(person, faces));
    }
    SortByGain(drafts.all, [](const Draft& draft) { return draft.question.gain_bits; });
    return drafts;
}

/// The faces of these appearances.
Result<std::vector<SeenFace>> FacesOf(
    const FaceRepository& faces, const std::vector<Appearance>& appearances
) {
    std::map<ResultId, std::vector<SeenFace>> in_results;
    std::vector<SeenFace> found;
    for (const auto& appearance : appearances) {
        const auto [at, is_new] = in_results.try_emplace(appearance.result_id);
        if (is_new) {
            auto in_result = faces.SeenIn(appearance.result_id);
            if (!in_result) {
                return Unexpected(in_result.error());
            }
            at->second = std::move(*in_result);
        }
        for (const auto& face : at->second) {
            if (std::ranges::find(appearance.tracks, face.track.id) != appearance.tracks.end()) {
                found.push_back(face);
            }
        }
    }
    return found;
}

/// All appearances that a proposal's question is about; `faces`, of more of them, becomes theirs.
void KeepAsked(const Draft& draft, std::vector<Appearance>& appearances, std::vector<SeenFace>& faces) {
    std::map<TrackId, int> links;
    for (const auto& face : faces) {
        links[face.track.id] = face.track.link;
    }
    std::erase_if(appearances, [&](const Appearance& each) {
        const auto link = each.tracks.empty() ? links.end() : links.find(each.tracks.front());
        return each.result_id != draft.result || (link != links.end() && link->second != draft.link);
    });
    appearances.resize(std::min(appearances.size(), kMostSettled));
    std::set<TrackId> kept;
    for (const auto& each : appearances) {
        kept.insert(each.tracks.begin(), each.tracks.end());
    }
    std::erase_if(faces, [&](const SeenFace& face) { return !kept.contains(face.track.id); });
}

/// Says what an answer to a proposal settles.
void TakeSettled(const std::vector<Appearance>& appearances, ReviewQuestion& question) {
    question.faces = 0;
    question.gain_bits = 0;
    for (const auto& each : appearances) {
        question.settles.push_back(each.id);
        question.faces += std::ssize(each.tracks);
        question.gain_bits += GainOf(each.probability, std::ssize(each.tracks));
    }
}

/// What they look like and who they may be.
void TakeFaces(std::vector<SeenFace> faces, const Galleries& galleries, ReviewQuestion& question) {
    std::ranges::stable_sort(faces, [](const SeenFace& a, const SeenFace& b) {
        return a.track.quality > b.track.quality;
    });
    std::vector<WeighedEmbedding> means;
    std::set<PersonId> not_these;
    for (const auto& face : faces) {
        if (face.track.mean && face.model == faces.front().model) {
            means.push_back({.embedding = *face.track.mean});
        }
        if (!face.track.thumbnail.empty() && question.crops.size() < kShown) {
            question.crops.push_back({.result = face.track.result_id, .artifact = face.track.thumbnail});
        }
        not_these.insert(face.verdict.not_these.begin(), face.verdict.not_these.end());
    }
    if (!means.empty()) {
        question.candidates = CandidatesFor(means, galleries.Of(faces.front().model), kCandidates, not_these);
    }
}

/// The question with all that is told of it.
Result<ReviewQuestion> Completed(const Snapshot& snapshot, const Galleries& galleries, Draft draft) {
    const bool is_proposal = !draft.result.IsEmpty();
    AppearanceFilter filter;
    filter.item_id = draft.item;
    filter.person_id = draft.question.person;
    filter.proposed = is_proposal;
    auto appearances = is_proposal ? AllAppearances(snapshot.people, filter)
                                   : snapshot.people.Appearances(filter, {.after = {}, .limit = kShown})
                                         .map([](Page<Appearance> page) { return std::move(page.rows); });
    auto faces = appearances ? FacesOf(snapshot.faces, *appearances) : Unexpected(appearances.error());
    if (!faces) {
        return Unexpected(faces.error());
    }
    if (is_proposal) {
        KeepAsked(draft, *appearances, *faces);
        TakeSettled(*appearances, draft.question);
    } else {
        const auto kept = snapshot.faces.CountKept(draft.question.person);
        if (!kept) {
            return Unexpected(kept.error());
        }
        draft.question.faces = *kept;
        draft.question.gain_bits = static_cast<double>(*kept);
    }
    TakeFaces(std::move(*faces), galleries, draft.question);
    appearances->resize(std::min<std::size_t>(appearances->size(), kShown));
    draft.question.appearances = std::move(*appearances);
    return std::move(draft.question);
}

}  // namespace

Result<OpenReview> OpenQuestions(
    const Snapshot& snapshot, const Galleries& galleries, const Reviewer& reviewer, std::size_t limit
) {
    const auto skipped = snapshot.review.SkippedBy(reviewer.actor, reviewer.now);
    auto drafts = skipped ? ReadDrafts(snapshot, *skipped) : Unexpected(skipped.error());
    if (!drafts) {
        return Unexpected(drafts.error());
    }
    OpenReview open{.questions = {}, .proposals = drafts->proposals, .unknown = drafts->unknown};
    open.skipped = static_cast<std::int64_t>(std::erase_if(drafts->all, [&](const Draft& draft) {
        return skipped->contains(draft.question.id);
    }));
    drafts->all.resize(std::min(limit, drafts->all.size()));
    for (auto& draft : drafts->all) {
        auto question = Completed(snapshot, galleries, std::move(draft));
        if (!question) {
            return Unexpected(question.error());
        }
        open.questions.push_back(std::move(*question));
    }
    SortByGain(open.questions, [](const ReviewQuestion& question) { return question.gain_bits; });
    return open;
}

Result<Skip> SkipQuestion(Storage& storage, const QuestionId& id, const Reviewer& reviewer) {
    return storage
        .Read([&](const Snapshot& snapshot) -> Result<void> {
            const auto skipped = snapshot.review.SkippedBy(reviewer.actor, reviewer.now);
            const auto drafts = skipped ? ReadDrafts(snapshot, *skipped) : Unexpected(skipped.error());
            if (!drafts) {
                return Unexpected(drafts.error());
            }
            const bool is_open =
                std::ranges::any_of(drafts->all, [&](const Draft& draft) { return draft.question.id == id; });
            return is_open ? Result<void>{}
                           : Fail(ErrorCode::kNotFound, fmt::format("no question {} is open", id.Value()));
        })
        .and_then([&] {
            return storage.Write([&](Transaction& transaction) -> Result<Skip> {
                Skip skip{.actor = reviewer.actor, .question = id, .until = reviewer.now + kSkippedFor};
                return transaction.review.Put(skip, reviewer.now).map([&] { return skip; });
            });
        });
}

}  // namespace notify
