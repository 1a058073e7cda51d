#pragma once

// Faces at chosen distances, and documents and photos that show them.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>

#include "domain/person.hpp"
#include "people/enrolment_rules.hpp"
#include "people/face_tracks.hpp"
#include "people/gallery.hpp"
#include "people/photo_faces.hpp"

namespace notify::testing {

/// The face of nobody but `who` (0 … 127): √2 from every other one.
[[nodiscard]] Embedding FaceOf(std::size_t who);

/// A face that far (0 … √2) from `face`, on the way to that of `towards`, which must be another.
[[nodiscard]] Embedding FaceAt(const Embedding& face, double distance, std::size_t towards);

/// A face whose numbers are all different: what can be looked for in bytes.
[[nodiscard]] Embedding DenseFace(unsigned int seed);

/// As a processor writes them.
[[nodiscard]] std::string BytesOf(const std::vector<Embedding>& embeddings);

/// A face in a photo that every rule accepts.
[[nodiscard]] PhotoFace InPhoto(const Embedding& face, double size = 100);

/// A photo that was looked at; its bytes are its name.
[[nodiscard]] Candidate PhotoOf(std::string name, std::vector<PhotoFace> faces);

[[nodiscard]] KnownPerson MakeKnown(std::string name, std::vector<Embedding> photos);

/// `people` by id, which is their name.
[[nodiscard]] Gallery MakeGalleryOf(std::vector<KnownPerson> people);

/// A gallery of `people` and of others, far from all, until there are `count`.
[[nodiscard]] Gallery CrowdWith(std::vector<KnownPerson> people, std::size_t count);

[[nodiscard]] std::vector<WeighedEmbedding> Shots(const std::vector<Embedding>& faces);

/// A track as a test says it.
struct SeenFace {
    int track = 1;
    int link = 1;
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 1000;
    std::vector<Embedding> shots;
    double quality = 0.5;
    Box box{.x = 10, .y = 20, .width = 100, .height = 120};
};

[[nodiscard]] TrackFacts FactsOf(const SeenFace& seen);

/// A result of facial recognition: its document, and its artifact "embeddings".
struct FaceResult {
    boost::json::object document;
    std::string embeddings;

    [[nodiscard]] std::string Text() const;
};

[[nodiscard]] FaceResult MakeFaceResult(
    const std::vector<SeenFace>& tracks, const std::vector<std::int64_t>& cuts_ms = {}
);

}  // namespace notify::testing
