#include "unit/people/faces.hpp"

#include <bit>
#include <cmath>
#include <random>

#include <fmt/format.h>

#include "core/json.hpp"

namespace notify::testing {

namespace {

boost::json::object BoxJson(const Box& box) {
    return {{"x", box.x}, {"y", box.y}, {"width", box.width}, {"height", box.height}};
}

boost::json::object TrackJson(const SeenFace& seen, std::size_t offset) {
    auto box_at = [&](std::int64_t ms) {
        auto json = BoxJson(seen.box);
        json["ms"] = ms;
        return json;
    };
    boost::json::array shots;
    for (std::size_t i = 0; i < seen.shots.size(); ++i) {
        shots.push_back(boost::json::object{{"ms", seen.start_ms}, {"quality", seen.quality}});
    }
    return {
        {"track", seen.track},
        {"link", seen.link},
        {"start_ms", seen.start_ms},
        {"end_ms", seen.end_ms},
        {"best_shot_ms", seen.start_ms + 100},
        {"best_box", BoxJson(seen.box)},
        {"quality", seen.quality},
        {"boxes", boost::json::array{box_at(seen.start_ms), box_at(seen.end_ms)}},
        {"shots", std::move(shots)},
        {"embedding_offset", offset},
        {"thumbnail", fmt::format("track-{}.jpg", seen.track)}
    };
}

}  // namespace

Embedding FaceOf(std::size_t who) {
    Embedding face{};
    face.at(who) = 1;
    return face;
}

Embedding FaceAt(const Embedding& face, double distance, std::size_t towards) {
    const double along = 1 - (distance * distance / 2);
    const double aside = std::sqrt(1 - (along * along));
    const auto other = FaceOf(towards);
    Embedding moved{};
    for (std::size_t i = 0; i < moved.size(); ++i) {
        moved[i] = static_cast<float>((along * double{face[i]}) + (aside * double{other[i]}));
    }
    return moved;
}

Embedding DenseFace(unsigned int seed) {
    std::mt19937 random(seed);
    std::normal_distribution<float> normal;
    std::vector<WeighedEmbedding> one(1);
    for (float& number : one[0].embedding) {
        number = normal(random);
    }
    return MeanOf(one);
}

std::string BytesOf(const std::vector<Embedding>& embeddings) {
    std::string bytes;
    for (const auto& embedding : embeddings) {
        for (const float number : embedding) {
            const auto bits = std::bit_cast<std::uint32_t>(number);
            for (unsigned int shift = 0; shift < 32; shift += 8) {
                bytes += static_cast<char>((bits >> shift) & 0xFFU);
            }
        }
    }
    return bytes;
}

PhotoFace InPhoto(const Embedding& face, double size) {
    return {
        .box = {.x = 50, .y = 60, .width = 0.8 * size, .height = size},
        .inter_eye_px = 0.4 * size,
        .score = 0.9,
        .quality = 0.7,
        .embedding = face,
        .crop = "a picture of a face"
    };
}

Candidate PhotoOf(std::string name, std::vector<PhotoFace> faces) {
    return {
        .file_name = name, .sha256 = "digest of " + name, .point = std::nullopt, .faces = std::move(faces)
    };
}

KnownPerson MakeKnown(std::string name, std::vector<Embedding> photos) {
    KnownPerson person{.id = PersonId(name), .name = std::move(name), .photos = std::move(photos)};
    TakeTemplate(person);
    return person;
}

Gallery MakeGalleryOf(std::vector<KnownPerson> people) {
    return {.version = 1, .people = std::move(people)};
}

Gallery CrowdWith(std::vector<KnownPerson> people, std::size_t count) {
    while (people.size() < count) {
        const auto face = FaceOf(127 - people.size());
        people.push_back(MakeKnown(fmt::format("z{:03}", people.size()), {face, face, face}));
    }
    return MakeGalleryOf(std::move(people));
}

std::vector<WeighedEmbedding> Shots(const std::vector<Embedding>& faces) {
    std::vector<WeighedEmbedding> shots;
    for (const auto& face : faces) {
        shots.push_back({.embedding = face});
    }
    return shots;
}

TrackFacts FactsOf(const SeenFace& seen) {
    TrackFacts facts;
    facts.track = {
        .id = TrackId(fmt::format("trk_{}", seen.track)),
        .result_id = {},
        .number = seen.track,
        .link = seen.link,
        .start_ms = seen.start_ms,
        .end_ms = seen.end_ms,
        .best_shot_ms = seen.start_ms + 100,
        .best_box = seen.box,
        .quality = seen.quality,
        .shots = seen.shots,
        .thumbnail = {}
    };
    facts.qualities.assign(seen.shots.size(), seen.quality);
    facts.boxes = {{.ms = seen.start_ms, .box = seen.box}};
    return facts;
}

std::string FaceResult::Text() const {
    return ToJsonText(document);
}

FaceResult MakeFaceResult(const std::vector<SeenFace>& tracks, const std::vector<std::int64_t>& cuts_ms) {
    boost::json::array rows;
    std::vector<Embedding> embeddings;
    for (const auto& seen : tracks) {
        rows.push_back(TrackJson(seen, embeddings.size()));
        embeddings.insert(embeddings.end(), seen.shots.begin(), seen.shots.end());
    }
    return {
        .document =
            {{"schema", "face_tracks/1"},
             {"media",
              {{"frame_rate", "30000/1001"}, {"start_timecode", "01:00:00;00"}, {"drop_frame", true}}},
             {"cuts_ms", boost::json::array(cuts_ms.begin(), cuts_ms.end())},
             {"tracks", std::move(rows)}},
        .embeddings = BytesOf(embeddings)
    };
}

}  // namespace notify::testing
