// Recognises faces in clips as the product does, in one warm process without a service around it: what
// clips.py measures accuracy and processor time with.
//
// bench_face_clips [--precision bf16] reads one JSON object a line and answers each with one:
//   {"clip": PATH, "enrol": {PERSON: [PATH, …]}}  →  {"appearances": […], "tracks": […], "refused": […],
//   "cpu_s", "decode_cpu_s"}
//   {"photos": [PATH, …]}                         →  {"faces": [[embedding of the largest face] or null, …]}

#include <ctime>
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "faces/photo_faces.hpp"
#include "inference/face_models.hpp"
#include "media/decode.hpp"
#include "people/appearances.hpp"
#include "people/enrolment_rules.hpp"
#include "people/naming.hpp"
#include "processors/facial_recognition/analyser.hpp"

namespace notify::bench {
namespace {

using boost::json::array;
using boost::json::object;

double CpuSeconds() {
    timespec now{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + (static_cast<double>(now.tv_nsec) * 1e-9);
}

Gallery Enrol(FaceModels& models, const object& people, array& refused) {
    std::vector<Person> persons;
    std::vector<EnrolmentPhoto> photos;
    const Gallery nobody;
    for (const auto& [name, paths] : people) {
        std::vector<Candidate> candidates;
        for (const auto& path : paths.as_array()) {
            const std::string text(path.as_string());
            candidates.push_back(
                {.file_name = text,
                 .sha256 = Sha256Hex(OrEnd(ReadFile(text), text)),
                 .point = {},
                 .faces = FacesOf(models, text)}
            );
        }
        const PersonId id{std::string(name)};
        const auto decision = DecideEnrolment(candidates, {.name = name, .person_id = id, .gallery = nobody});
        persons.push_back({.id = id, .name = name, .created_at = {}});
        for (std::size_t i = 0; i < candidates.size(); ++i) {
            const auto& answer = decision.answers[i];
            if (answer.accepted) {
                EnrolmentPhoto photo;
                photo.person_id = id;
                photo.embedding = (*candidates[i].faces)[decision.faces[i]].embedding;
                photos.push_back(photo);
            } else {
                refused.push_back(object{{"photo", answer.file_name}, {"reason", answer.reason}});
            }
        }
    }
    return MakeGallery(1, persons, photos);
}

Output Recognise(FaceModels& models, const std::filesystem::path& clip, bool faces) {
    auto bytes = Open(clip);
    FaceAnalyser analyser(models, {});
    const Subscription subscription{
        .wants = faces ? analyser.FramesWanted() : Wants{.fps = 0.1, .scene_cuts = false, .long_side = 16},
        .on_frame = [&](const FrameView& frame) { return faces ? analyser.OnFrame(frame) : Result<void>{}; }
    };
    const auto decoded = OrEnd(Decode(bytes, std::span(&subscription, 1), {}, {}), clip.native());
    const auto finished =
        decoded.subscriptions.front().and_then([&] { return analyser.Finish(decoded.summary); });
    return OrEnd(finished, clip.native());
}

array TracksJson(
    const FaceTracks& tracks, const std::vector<std::optional<Match>>& names, const Gallery& gallery
) {
    array rows;
    for (std::size_t i = 0; i < tracks.tracks.size(); ++i) {
        const auto& facts = tracks.tracks[i];
        object row{
            {"track", facts.track.number},
            {"link", facts.track.link},
            {"start_ms", facts.track.start_ms},
            {"end_ms", facts.track.end_ms},
            {"shots", facts.track.shots.size()},
            {"quality", facts.track.quality}
        };
        const auto own = MatchShots(facts.Shots(), gallery, {.possible = 2});
        row["nearest"] = own ? gallery.people[own->person].name : "";
        row["distance"] = own ? own->distance : 2;
        row["margin"] = own ? own->margin : 0;
        row["named"] = names[i] ? gallery.people[names[i]->person].name : "";
        rows.push_back(std::move(row));
    }
    return rows;
}

object AnswerClip(FaceModels& models, const object& request) {
    array refused;
    const Gallery gallery = Enrol(models, request.at("enrol").as_object(), refused);
    const std::filesystem::path clip(std::string(request.at("clip").as_string()));
    const double start = CpuSeconds();
    const Output output = Recognise(models, clip, true);
    const double recognised = CpuSeconds();
    static_cast<void>(Recognise(models, clip, false));
    const double decoded = CpuSeconds();
    auto tracks = OrEnd(ReadFaceTracks(ToJsonText(output.document)), "tracks");
    const auto embeddings = OrEnd(ArtifactsOf(output)("embeddings"), "embeddings");
    if (!AddEmbeddings(tracks, embeddings)) {
        std::exit(1);
    }
    const auto names = NameTracks(tracks.tracks, gallery);
    array appearances;
    for (const auto& a : MakeAppearances(tracks, names, gallery)) {
        appearances.push_back(
            object{
                {"person", a.person_name},
                {"start_ms", a.start_ms},
                {"end_ms", a.end_ms},
                {"confirmed", a.certainty == Certainty::kConfirmed},
                {"similarity", a.similarity},
                {"distance", a.distance}
            }
        );
    }
    return {
        {"appearances", std::move(appearances)},
        {"tracks", TracksJson(tracks, names, gallery)},
        {"cuts_ms", output.document.at("cuts_ms")},
        {"refused", std::move(refused)},
        {"cpu_s", recognised - start},
        {"decode_cpu_s", decoded - recognised}
    };
}

object AnswerPhotos(FaceModels& models, const object& request) {
    array faces;
    for (const auto& path : request.at("photos").as_array()) {
        const auto found = FacesOf(models, std::string(path.as_string()));
        if (!found || found->empty()) {
            faces.emplace_back(nullptr);
        } else {
            const auto& embedding = found->front().embedding;
            faces.push_back(array(embedding.begin(), embedding.end()));
        }
    }
    return {{"faces", std::move(faces)}};
}

int Run(int count, char** arguments) {
    const bool bf16 = count == 3 && std::string_view(arguments[1]) == "--precision" &&
                      std::string_view(arguments[2]) == "bf16";
    const SessionOptions options{.precision = bf16 ? Precision::kBf16 : Precision::kF32, .threads = 1};
    auto models = OrEnd(LoadFaceModels({.folder = NOTIFY_MODEL_FOLDER}, options), "models");
    for (std::string line; std::getline(std::cin, line);) {
        const auto request = OrEnd(ParseJson(line), "request");
        const auto& asked = request.as_object();
        const object answer =
            asked.contains("clip") ? AnswerClip(models, asked) : AnswerPhotos(models, asked);
        std::cout << ToJsonText(answer) << std::endl;
    }
    return 0;
}

}  // namespace
}  // namespace notify::bench

int main(int count, char** arguments) {
    return notify::bench::Run(count, arguments);
}
