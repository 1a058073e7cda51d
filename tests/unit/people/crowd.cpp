#include "unit/people/crowd.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/face_index.hpp"

namespace notify::testing {

std::vector<NearFace> NearestOf(const KnownFaces& known, const Embedding& face, double reach) {
    std::vector<NearFace> found;
    for (const auto& [key, embedding] : known) {
        if (const double distance = DistanceBetween(face, embedding); distance <= reach) {
            found.push_back({.key = key, .distance = distance});
        }
    }
    std::ranges::stable_sort(found, {}, &NearFace::distance);
    return found;
}

std::uint64_t Crowd::Random(std::uint64_t below) {
    return std::uniform_int_distribution<std::uint64_t>(0, below - 1)(random_);
}

Embedding Crowd::Near(const Embedding& middle, float spread) {
    std::normal_distribution<float> normal;
    const std::vector<WeighedEmbedding> one{[&] {
        WeighedEmbedding face{.embedding = middle};
        for (std::size_t i = 0; i < face.embedding.size(); ++i) {
            const float width = kind_ == Kind::kPeople ? std::exp(static_cast<float>(i) / -20) : 0.3F;
            face.embedding[i] += spread * width * normal(random_);
        }
        return face;
    }()};
    return MeanOf(one);
}

Embedding Crowd::Face() {
    if (kind_ == Kind::kAlike) {
        Embedding face{};
        face[Random(5)] = 1;
        return face;
    }
    if (kind_ == Kind::kPeople && Random(3) > 0 && before_ != Embedding{}) {
        return Near(before_, 0.03F);
    }
    Embedding middle{};
    middle.fill(kind_ == Kind::kPeople ? 0.05F : 0.0F);
    before_ = Near(middle, kind_ == Kind::kPeople ? 0.2F : 1.0F);
    return before_;
}

Embedding Crowd::Asked() {
    const bool stranger = before_ == Embedding{} || Random(2) == 0;
    return stranger ? Face() : Near(before_, 0.02F);
}

}  // namespace notify::testing
