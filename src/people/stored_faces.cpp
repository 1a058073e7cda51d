#include "people/stored_faces.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "core/result.hpp"
#include "people/indexed_faces.hpp"
#include "storage/face_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kAtOnce = 2'000;

}  // namespace

Result<std::int64_t> StoredFaces::LastSequence() const {
    return storage_.Read([](const Snapshot& snapshot) { return snapshot.faces.LastSequence(); });
}

Result<std::int64_t> StoredFaces::ReadAll(
    const std::function<void(std::span<const StoredFace>)>& take
) const {
    return storage_.Read([&](const Snapshot& snapshot) -> Result<std::int64_t> {
        std::int64_t after = 0;
        std::vector<StoredFace> faces;
        while (true) {
            const auto stored = snapshot.faces.Stored(after, kAtOnce);
            if (!stored) {
                return Unexpected(stored.error());
            }
            if (stored->empty()) {
                return snapshot.faces.LastSequence();
            }
            faces.clear();
            for (const auto& face : *stored) {
                if (face.mean) {
                    faces.push_back({.key = static_cast<std::uint64_t>(face.face), .embedding = *face.mean});
                }
            }
            take(faces);
            after = stored->back().face;
        }
    });
}

Result<std::vector<FaceChange>> StoredFaces::ReadAfter(std::int64_t sequence) const {
    return storage_.Read(
                       [&](const Snapshot& snapshot) { return snapshot.faces.After(sequence, kAtOnce); }
    ).map([](const std::vector<FaceNews>& news) {
        std::vector<FaceChange> changes;
        changes.reserve(news.size());
        for (const auto& each : news) {
            changes.push_back(
                {.sequence = each.sequence,
                 .key = static_cast<std::uint64_t>(each.face),
                 .embedding = each.mean}
            );
        }
        return changes;
    });
}

}  // namespace notify
