#include "people/face_search.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"
#include "people/calibration.hpp"
#include "people/candidates.hpp"
#include "people/distance.hpp"
#include "people/face_index.hpp"
#include "people/gallery.hpp"
#include "people/matching.hpp"
#include "people/photo_faces.hpp"
#include "storage/face_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kCandidates = 3;
constexpr std::size_t kMoreEachTime = 4;
constexpr std::size_t kMostLookedAt = 10'000;

FaceAnswer AnswerFor(const PhotoFace& face, const Gallery& gallery) {
    const std::array<WeighedEmbedding, 1> shots{{{.embedding = face.embedding}}};
    FaceAnswer answer{
        .box = face.box,
        .quality = face.quality,
        .person = std::nullopt,
        .candidates = CandidatesFor(shots, gallery, kCandidates),
        .seen = {}
    };
    if (const auto match = MatchShots(shots, gallery)) {
        const auto& person = gallery.people[match->person];
        answer.certainty = match->certainty;
        answer.person = {
            .person = person.id,
            .name = person.name,
            .distance = match->distance,
            .probability = ProbabilityOf(match->distance, gallery.Comparable())
        };
    }
    return answer;
}

}  // namespace

/// The index holds the faces of all models: more of the nearest are looked at, 10,000 or so at most, until
/// enough are of this one.
Result<std::vector<FoundFace>> FaceSearch::Seen(const Embedding& face, std::size_t limit, double reach) {
    for (std::size_t look_at = limit;; look_at *= kMoreEachTime) {
        const auto near = faces_.Nearest(face, look_at, reach);
        auto found = near ? OfThisModel(*near) : Unexpected(near.error());
        if (!found) {
            return found;
        }
        if (found->size() >= limit || near->size() < look_at || look_at >= kMostLookedAt) {
            found->resize(std::min(found->size(), limit));
            return found;
        }
    }
}

Result<std::vector<FoundFace>> FaceSearch::OfThisModel(const std::vector<NearFace>& near) const {
    std::map<std::int64_t, double> distances;
    std::vector<std::int64_t> numbers;
    for (const auto& each : near) {
        numbers.push_back(static_cast<std::int64_t>(each.key));
        distances[numbers.back()] = each.distance;
    }
    return storage_.Read([&](const Snapshot& snapshot) -> Result<std::vector<FoundFace>> {
        auto seen = snapshot.faces.Seen(numbers);
        const auto items = seen ? snapshot.faces.ItemsOf(numbers) : Unexpected(seen.error());
        if (!items) {
            return Unexpected(items.error());
        }
        std::vector<FoundFace> found;
        for (auto& stored : *seen) {
            if (stored.model != model_) {
                continue;
            }
            FoundFace each{
                .track = stored.track.id,
                .result = stored.track.result_id,
                .start_ms = stored.track.start_ms,
                .end_ms = stored.track.end_ms,
                .thumbnail = std::move(stored.track.thumbnail),
                .distance = distances[stored.face],
                .shown_as = stored.shown_as,
                .items = {}
            };
            for (const auto& [number, item] : *items) {
                if (number == stored.face) {
                    each.items.push_back(item);
                }
            }
            found.push_back(std::move(each));
        }
        std::ranges::sort(found, {}, [](const FoundFace& f) { return std::pair(f.distance, f.track); });
        return found;
    });
}

Result<std::vector<FaceAnswer>> FaceSearch::Search(
    std::string_view picture, std::size_t limit, double reach
) {
    auto faces = reader_(picture);
    const auto galleries = faces ? known_people_.Current() : Unexpected(faces.error());
    if (!galleries) {
        return Unexpected(galleries.error());
    }
    std::ranges::stable_sort(*faces, [](const PhotoFace& a, const PhotoFace& b) {
        return a.box.width * a.box.height > b.box.width * b.box.height;
    });
    std::vector<FaceAnswer> answers;
    for (const auto& face : *faces) {
        auto answer = AnswerFor(face, (*galleries)->Of(model_));
        auto seen = Seen(face.embedding, limit, reach);
        if (!seen) {
            return Unexpected(seen.error());
        }
        answer.seen = std::move(*seen);
        answers.push_back(std::move(answer));
    }
    return answers;
}

}  // namespace notify
