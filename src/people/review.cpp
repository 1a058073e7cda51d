#include "people/review.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/candidates.hpp"
#include "people/distance.hpp"
#include "people/gallery.hpp"
#include "storage/face_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kMostProposals = 1'000;
constexpr int kPageRows = 200;
constexpr int kMostUnknown = 100;
constexpr int kShown = 5;
constexpr std::size_t kCandidates = 3;

/// Of a question with two answers, in bits: 0 … 1.
double EntropyOf(double probability) {
    const auto term = [](double p) { return p > 0 ? -p * std::log2(p) : 0; };
    return term(probability) + term(1 - probability);
}

Result<void> AddProposals(const PeopleRepository& people, std::vector<ReviewQuestion>& questions) {
    AppearanceFilter filter;
    filter.proposed = true;
    PageRequest request{.after = {}, .limit = kPageRows};
    do {
        auto page = people.Appearances(filter, request);
        if (!page) {
            return Unexpected(page.error());
        }
        for (auto& proposed : page->rows) {
            const auto faces = static_cast<std::int64_t>(proposed.tracks.size());
            questions.push_back(
                {.person = proposed.person_id,
                 .name = proposed.person_name,
                 .gain_bits = EntropyOf(proposed.probability) * static_cast<double>(faces),
                 .faces = faces,
                 .appearances = {std::move(proposed)},
                 .crops = {},
                 .candidates = {}}
            );
        }
        request.after = page->next;
    } while (!request.after.empty() && questions.size() < kMostProposals);
    return {};
}

Result<void> AddUnknown(const FaceRepository& faces, std::vector<ReviewQuestion>& questions) {
    const auto unknown = faces.WithoutName(kMostUnknown);
    if (!unknown) {
        return Unexpected(unknown.error());
    }
    for (const auto& [person, count] : *unknown) {
        questions.push_back(
            {.person = person,
             .name = {},
             .gain_bits = static_cast<double>(count),
             .faces = count,
             .appearances = {},
             .crops = {},
             .candidates = {}}
        );
    }
    return {};
}

/// Where they are seen, what they look like and who they may be.
Result<void> Complete(const Snapshot& snapshot, const Galleries& galleries, ReviewQuestion& question) {
    if (question.appearances.empty()) {
        AppearanceFilter filter;
        filter.person_id = question.person;
        auto seen = snapshot.people.Appearances(filter, {.after = {}, .limit = kShown});
        if (!seen) {
            return Unexpected(seen.error());
        }
        question.appearances = std::move(seen->rows);
    }
    std::vector<SeenFace> faces;
    for (const auto& appearance : question.appearances) {
        auto in_result = snapshot.faces.SeenIn(appearance.result_id);
        if (!in_result) {
            return Unexpected(in_result.error());
        }
        for (auto& face : *in_result) {
            if (std::ranges::find(appearance.tracks, face.track.id) != appearance.tracks.end()) {
                faces.push_back(std::move(face));
            }
        }
    }
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
    return {};
}

}  // namespace

Result<std::vector<ReviewQuestion>> OpenQuestions(
    const Snapshot& snapshot, const Galleries& galleries, std::size_t limit
) {
    std::vector<ReviewQuestion> questions;
    const auto added = AddProposals(snapshot.people, questions).and_then([&] {
        return AddUnknown(snapshot.faces, questions);
    });
    if (!added) {
        return Unexpected(added.error());
    }
    std::ranges::stable_sort(questions, [](const ReviewQuestion& a, const ReviewQuestion& b) {
        return a.gain_bits > b.gain_bits;
    });
    questions.resize(std::min(limit, questions.size()));
    for (auto& question : questions) {
        if (auto complete = Complete(snapshot, galleries, question); !complete) {
            return Unexpected(complete.error());
        }
    }
    return questions;
}

}  // namespace notify
