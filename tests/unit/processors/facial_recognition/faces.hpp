#pragma once

// Faces made up for tests: boxes and landmarks of somebody who looks straight ahead, looks and embeddings of
// numbered people.

#include <cmath>
#include <cstdint>
#include <random>

#include "inference/face_embedder.hpp"
#include "processors/facial_recognition/sighting.hpp"

namespace notify::testing {

/// Deterministic everywhere: the standard's distributions are not.
inline float Noise(std::mt19937& engine) {
    return (static_cast<float>(engine() % 20001U) / 10000.0F) - 1.0F;
}

/// Looks of two numbers are unrelated.
inline FaceLook LookOf(unsigned int person) {
    std::mt19937 engine(person);
    FaceLook look{};
    float squares = 0;
    for (float& value : look) {
        value = Noise(engine);
        squares += value * value;
    }
    for (float& value : look) {
        value /= std::sqrt(squares);
    }
    return look;
}

/// A unit vector of the person; `spread` is about the distance of two shots of them. Two people are about
/// √2 apart.
inline FaceEmbedding EmbeddingOf(unsigned int person, unsigned int shot = 0, float spread = 0.2F) {
    std::mt19937 of_person(person * 7919U + 1U);
    std::mt19937 of_shot((person * 104729U) + shot + 17U);
    FaceEmbedding centre{};
    FaceEmbedding offset{};
    for (std::size_t i = 0; i < centre.size(); ++i) {
        centre[i] = Noise(of_person);
        offset[i] = Noise(of_shot);
    }
    centre = Normalised(centre);
    offset = Normalised(offset);
    for (std::size_t i = 0; i < centre.size(); ++i) {
        centre[i] += offset[i] * spread / std::sqrt(2.0F);
    }
    return Normalised(centre);
}

/// A vector `distance` from `from` in the direction of `towards`, of length 1.
inline FaceEmbedding Between(const FaceEmbedding& from, const FaceEmbedding& towards, float distance) {
    float low = 0;
    float high = 1;
    FaceEmbedding mixed = from;
    for (int i = 0; i < 40; ++i) {
        const float part = (low + high) / 2;
        for (std::size_t k = 0; k < mixed.size(); ++k) {
            mixed[k] = ((1 - part) * from[k]) + (part * towards[k]);
        }
        mixed = Normalised(mixed);
        (DistanceOf(mixed, from) < distance ? low : high) = part;
    }
    return mixed;
}

/// A frontal face whose box has this corner and side.
inline Sighting FaceAt(float x, float y, float side, unsigned int person = 1) {
    Sighting sighting{
        .box = {.x = x, .y = y, .width = side, .height = side},
        .landmarks = kFaceChipTemplate,
        .score = 0.9F,
        .sharpness = 0.7F,
        .look = LookOf(person)
    };
    for (Point& p : sighting.landmarks) {
        p = {.x = x + (p.x * side / 150), .y = y + (p.y * side / 150)};
    }
    return sighting;
}

}  // namespace notify::testing
