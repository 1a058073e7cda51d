// Finds, matches and clusters the faces of photos as the product does, without a service around it: what
// run.py takes the figures of people with.
//
// bench_people reads one JSON object a line and answers each with one. Faces are numbered as they were found:
//   {"photos": [PATH, …]}            →  {"faces": [[embedding of the face nearest the middle] or null, …]}
//   {"people": [[FACE, …], …], "probes": [FACE, …]}
//                                    →  {"matches": [[PERSON, distance, margin, confirmed], …]}
//   {"cluster": [FACE, …], "at_once": N}       →  {"people": [number or null, …]}: N come at a time, in this
//   order

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/json.hpp"
#include "faces/photo_faces.hpp"
#include "inference/face_models.hpp"
#include "people/clustering.hpp"
#include "people/distance.hpp"
#include "people/gallery.hpp"
#include "people/matching.hpp"

namespace notify::bench {
namespace {

using boost::json::array;
using boost::json::object;

/// Photos of people show them in the middle: of 250 × 250 pixels here.
constexpr double kMiddle = 125;

double FromMiddle(const Box& box) {
    return std::hypot(box.x + (box.width / 2) - kMiddle, box.y + (box.height / 2) - kMiddle);
}

std::size_t NumberOf(const boost::json::value& value) {
    return value.to_number<std::size_t>();
}

class Bench final {
public:
    explicit Bench(FaceModels models) : models_(std::move(models)) {}

    [[nodiscard]] object Answer(const object& request) {
        if (request.contains("photos")) {
            return Find(request.at("photos").as_array());
        }
        if (request.contains("probes")) {
            return Match(request.at("people").as_array(), request.at("probes").as_array());
        }
        return Cluster(request.at("cluster").as_array(), NumberOf(request.at("at_once")));
    }

private:
    [[nodiscard]] object Find(const array& paths) {
        array faces;
        for (const auto& path : paths) {
            const std::string text(path.as_string());
            const auto found = OrEnd(FacesOf(models_, text), text);
            const auto middle = std::ranges::min_element(found, {}, [](const PhotoFace& face) {
                return FromMiddle(face.box);
            });
            if (middle == found.end()) {
                faces_.emplace_back();
                faces.emplace_back(nullptr);
            } else {
                faces_.push_back(middle->embedding);
                faces.push_back(array(middle->embedding.begin(), middle->embedding.end()));
            }
        }
        return {{"faces", std::move(faces)}};
    }

    [[nodiscard]] object Match(const array& people, const array& probes) const {
        std::vector<Person> persons;
        std::vector<EnrolmentPhoto> photos;
        for (const auto& row : people) {
            const PersonId id(fmt::format("{:06}", persons.size()));
            persons.push_back({.id = id, .name = id.Value(), .created_at = {}});
            for (const auto& face : row.as_array()) {
                EnrolmentPhoto photo;
                photo.person_id = id;
                photo.embedding = faces_.at(NumberOf(face));
                photos.push_back(photo);
            }
        }
        const auto gallery = MakeGallery(1, persons, photos);
        array matches;
        for (const auto& probe : probes) {
            const WeighedEmbedding shot{.embedding = faces_.at(NumberOf(probe))};
            const auto match = MatchShots({&shot, 1}, gallery, {.possible = 2});
            matches.push_back(
                array{
                    match->person, match->distance, match->margin, match->certainty == Certainty::kConfirmed
                }
            );
        }
        return {{"matches", std::move(matches)}};
    }

    [[nodiscard]] object Cluster(const array& faces, std::size_t at_once) const {
        std::vector<ClusterTrack> tracks;
        const ClusterGround ground{
            .near =
                [&](const Embedding& face, double distance) {
                    std::vector<ClusterTrack> near;
                    std::ranges::copy_if(tracks, std::back_inserter(near), [&](const ClusterTrack& track) {
                        return DistanceBetween(face, track.face) < distance;
                    });
                    return near;
                },
            .centre =
                [&](const PersonId& person) {
                    std::vector<WeighedEmbedding> of_person;
                    for (const auto& track : tracks) {
                        if (track.person == person) {
                            of_person.push_back({.embedding = track.face});
                        }
                    }
                    return MeanOf(of_person);
                },
            .bonds = [](const TrackId&) { return TrackBonds{}; }
        };
        int people = 0;
        for (std::size_t begin = 0; begin < faces.size(); begin = tracks.size()) {
            const auto end = std::min(faces.size(), begin + at_once);
            for (std::size_t i = begin; i < end; ++i) {
                tracks.push_back(
                    {.id = TrackId(fmt::format("{:06}", i)), .face = faces_.at(NumberOf(faces[i]))}
                );
            }
            const std::vector fresh(tracks.begin() + static_cast<std::ptrdiff_t>(begin), tracks.end());
            Place(ClusterTracks(fresh, ground), tracks, people);
        }
        array placed;
        for (const auto& track : tracks) {
            placed.push_back(
                track.person ? boost::json::value(std::stoi(track.person->Value()))
                             : boost::json::value(nullptr)
            );
        }
        return {{"people", std::move(placed)}};
    }

    static void Place(const Clustering& placed, std::vector<ClusterTrack>& tracks, int& people) {
        const auto at = [&](const TrackId& id) -> ClusterTrack& {
            return *std::ranges::lower_bound(tracks, id, {}, &ClusterTrack::id);
        };
        for (const auto& [id, person] : placed.joined) {
            at(id).person = person;
        }
        for (const auto& core : placed.cores) {
            const PersonId person(std::to_string(++people));
            for (const auto& id : core) {
                at(id).person = person;
            }
        }
    }

    FaceModels models_;
    std::vector<Embedding> faces_;
};

int Run() {
    Bench bench(OrEnd(
        LoadFaceModels({.folder = NOTIFY_MODEL_FOLDER}, {.precision = Precision::kF32, .threads = 1}),
        "models"
    ));
    for (std::string line; std::getline(std::cin, line);) {
        const auto request = OrEnd(ParseJson(line), "request");
        std::cout << ToJsonText(bench.Answer(request.as_object())) << std::endl;
    }
    return 0;
}

}  // namespace
}  // namespace notify::bench

int main() {
    return notify::bench::Run();
}
