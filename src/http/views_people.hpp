#pragma once

// What the API shows and takes of people, their photos and their appearances.
// Described structs, from which JSON, validation and OpenAPI come.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"
#include "http/words.hpp"
#include "people/explanation.hpp"

namespace notify::view {

struct PhotoView {
    std::string id;
    std::string file_name;
    double quality = 0;
    std::optional<std::string> crop;
    std::string created_at;
};

BOOST_DESCRIBE_STRUCT(PhotoView, (), (id, file_name, quality, crop, created_at))

struct PersonView {
    std::string id;
    std::string name;
    Word<kRecognitionWords> state;
    bool hidden = false;
    std::string consent;
    std::vector<PhotoView> photos;
    std::vector<std::string> merged;
    std::string created_at;
    std::string etag;
};

BOOST_DESCRIBE_STRUCT(PersonView, (), (id, name, state, hidden, consent, photos, merged, created_at, etag))

struct PersonList {
    std::vector<PersonView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(PersonList, (), (rows, next))

struct PointView {
    double x = 0;
    double y = 0;
};

BOOST_DESCRIBE_STRUCT(PointView, (), (x, y))

struct NewPhoto {
    std::string file_name;
    std::string base64;
    std::optional<PointView> face;
};

BOOST_DESCRIBE_STRUCT(NewPhoto, (), (file_name, base64, face))

struct NewEnrolment {
    Name name;
    std::vector<NewPhoto> photos;
    std::optional<bool> again;
};

BOOST_DESCRIBE_STRUCT(NewEnrolment, (), (name, photos, again))

struct VerdictView {
    std::string file_name;
    bool accepted = false;
    std::string code;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(VerdictView, (), (file_name, accepted, code, sentence))

struct EnrolmentView {
    std::string person;
    std::string name;
    int photos = 0;
    std::vector<VerdictView> verdicts;
    std::vector<std::string> warnings;
};

BOOST_DESCRIBE_STRUCT(EnrolmentView, (), (person, name, photos, verdicts, warnings))

struct PersonChange {
    Name name;
};

BOOST_DESCRIBE_STRUCT(PersonChange, (), (name))

struct NewEdit {
    Word<kEditKindWords> kind;
    std::optional<std::string> person;
    std::optional<std::string> other;
    std::optional<std::string> name;
    std::optional<std::string> consent;
    std::optional<std::vector<std::string>> appearances;
    std::optional<std::vector<std::string>> tracks;
    std::optional<std::vector<std::string>> photos;
    std::optional<bool> anyway;
};

BOOST_DESCRIBE_STRUCT(NewEdit, (), (kind, person, other, name, consent, appearances, tracks, photos, anyway))

struct EditView {
    std::string id;
    std::int64_t sequence = 0;
    std::string at;
    std::string actor;
    Word<kEditKindWords> kind;
    std::string person;
    std::string other;
    std::string name;
    std::string consent;
    std::vector<std::string> photos;
    std::vector<std::string> tracks;
    std::string undoes;
    Word<kEditOutcomeWords> outcome;
    std::string note;
};

BOOST_DESCRIBE_STRUCT(
    EditView,
    (),
    (id, sequence, at, actor, kind, person, other, name, consent, photos, tracks, undoes, outcome, note)
)

struct EditList {
    std::vector<EditView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(EditList, (), (rows, next))

struct BoxView {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

BOOST_DESCRIBE_STRUCT(BoxView, (), (x, y, width, height))

struct AppearanceView {
    std::string id;
    std::string item;
    std::string result;
    std::string person;
    std::string person_name;
    Word<kCertaintyWords> certainty;
    Word<kRecognitionWords> state;
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
    double similarity = 0;
    double distance = 0;
    double probability = 0;
    std::int64_t best_shot_ms = 0;
    BoxView bbox;
    std::vector<std::string> tracks;
    std::optional<std::string> frame_rate;
    std::optional<bool> drop_frame;
    std::optional<std::int64_t> start_frame;
    std::optional<std::int64_t> end_frame;
    std::optional<std::int64_t> best_shot_frame;
    std::optional<std::string> start_timecode;
    std::optional<std::string> end_timecode;
    std::optional<std::string> best_shot_timecode;
};

BOOST_DESCRIBE_STRUCT(
    AppearanceView,
    (),
    (id,
     item,
     result,
     person,
     person_name,
     certainty,
     state,
     start_ms,
     end_ms,
     similarity,
     distance,
     probability,
     best_shot_ms,
     bbox,
     tracks,
     frame_rate,
     drop_frame,
     start_frame,
     end_frame,
     best_shot_frame,
     start_timecode,
     end_timecode,
     best_shot_timecode)
)

struct RunnerUpView {
    std::string person;
    double distance = 0;
};

BOOST_DESCRIBE_STRUCT(RunnerUpView, (), (person, distance))

struct ThresholdsView {
    double confirmed = 0;
    double margin = 0;
    double possible = 0;
    double vote_reach = 0;
    double least_votes = 0;
};

BOOST_DESCRIBE_STRUCT(ThresholdsView, (), (confirmed, margin, possible, vote_reach, least_votes))

struct ShotVoteView {
    std::string track;
    double quality = 0;
    std::string person;
    double distance = 0;
    bool counts = false;
};

BOOST_DESCRIBE_STRUCT(ShotVoteView, (), (track, quality, person, distance, counts))

struct ExemplarView {
    std::string photo;
    std::string file_name;
    double distance = 0;
    double probability = 0;
    std::optional<std::string> crop;
};

BOOST_DESCRIBE_STRUCT(ExemplarView, (), (photo, file_name, distance, probability, crop))

struct ExplanationView {
    AppearanceView appearance;
    Word<kDecidedByWords> decided_by;
    double distance = 0;
    double margin = 0;
    ThresholdsView thresholds;
    double vote_share = 0;
    std::vector<ShotVoteView> votes;
    std::optional<RunnerUpView> runner_up;
    std::vector<std::string> crops;
    std::vector<ExemplarView> exemplars;
    std::int64_t people = 0;
    std::string processor;
    std::string lineage;
    std::string content_sha256;
    std::string model_digest;
    std::string embedding_model;
    std::string config_hash;
    std::int64_t gallery_version = 0;
};

BOOST_DESCRIBE_STRUCT(
    ExplanationView,
    (),
    (appearance,
     decided_by,
     distance,
     margin,
     thresholds,
     vote_share,
     votes,
     runner_up,
     crops,
     exemplars,
     people,
     processor,
     lineage,
     content_sha256,
     model_digest,
     embedding_model,
     config_hash,
     gallery_version)
)

struct CandidateView {
    std::string person;
    std::string name;
    double distance = 0;
    double probability = 0;
};

BOOST_DESCRIBE_STRUCT(CandidateView, (), (person, name, distance, probability))

struct ReviewQuestionView {
    std::string id;
    std::string person;
    std::string name;
    double gain_bits = 0;
    std::int64_t faces = 0;
    std::vector<std::string> settles;
    std::vector<AppearanceView> appearances;
    std::vector<std::string> crops;
    std::vector<CandidateView> candidates;
};

BOOST_DESCRIBE_STRUCT(
    ReviewQuestionView, (), (id, person, name, gain_bits, faces, settles, appearances, crops, candidates)
)

struct ReviewList {
    std::vector<ReviewQuestionView> rows;
    std::int64_t proposals = 0;
    std::int64_t unknown = 0;
    std::int64_t skipped = 0;
};

BOOST_DESCRIBE_STRUCT(ReviewList, (), (rows, proposals, unknown, skipped))

struct SkipView {
    std::string question;
    std::string until;
};

BOOST_DESCRIBE_STRUCT(SkipView, (), (question, until))

struct NewFaceSearch {
    std::string base64;
    std::optional<Within<int, 1, 100>> limit;
    std::optional<double> reach;
};

BOOST_DESCRIBE_STRUCT(NewFaceSearch, (), (base64, limit, reach))

struct FoundFaceView {
    std::string track;
    std::string person;
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
    double distance = 0;
    std::string crop;
    std::vector<std::string> items;
};

BOOST_DESCRIBE_STRUCT(FoundFaceView, (), (track, person, start_ms, end_ms, distance, crop, items))

struct FaceAnswerView {
    BoxView bbox;
    double quality = 0;
    std::optional<CandidateView> person;
    std::optional<Word<kCertaintyWords>> certainty;
    std::vector<CandidateView> candidates;
    std::vector<FoundFaceView> seen;
};

BOOST_DESCRIBE_STRUCT(FaceAnswerView, (), (bbox, quality, person, certainty, candidates, seen))

struct FaceAnswerList {
    std::vector<FaceAnswerView> rows;
};

BOOST_DESCRIBE_STRUCT(FaceAnswerList, (), (rows))

struct AppearanceList {
    std::vector<AppearanceView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(AppearanceList, (), (rows, next))

}  // namespace notify::view
