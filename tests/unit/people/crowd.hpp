#pragma once

// Many faces, and the search among them that is surely right.

#include <cstdint>
#include <map>
#include <random>
#include <vector>

#include "domain/person.hpp"
#include "people/face_index.hpp"

namespace notify::testing {

using KnownFaces = std::map<std::uint64_t, Embedding>;

/// Compares with every one: nearest first, equally near ones by key.
[[nodiscard]] std::vector<NearFace> NearestOf(const KnownFaces& known, const Embedding& face, double reach);

/// Faces by chance, the same for the same seed.
class Crowd final {
public:
    enum class Kind : std::uint8_t {
        kPeople,   ///< Around a common middle, several of a person, wide along few axes.
        kUniform,  ///< Anywhere.
        kAlike,    ///< Few different ones, again and again.
    };

    Crowd(unsigned int seed, Kind kind) : random_(seed), kind_(kind) {}

    [[nodiscard]] Embedding Face();

    /// One to look for: like a face of before, or a stranger.
    [[nodiscard]] Embedding Asked();

    /// 0 … below - 1.
    [[nodiscard]] std::uint64_t Random(std::uint64_t below);

private:
    [[nodiscard]] Embedding Near(const Embedding& middle, float spread);

    std::mt19937 random_;
    Kind kind_;
    Embedding before_{};
};

}  // namespace notify::testing
