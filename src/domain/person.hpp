#pragma once

// Identity: people with enrolment photos, one face followed through time, a person in an item from start to
// end. Detect first, name later: tracks are facts, persons are labels over them.

#include <array>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/timecode.hpp"
#include "domain/ids.hpp"

namespace notify {

/// Unit length; distance between two is the Euclidean one, 0 … 2.
using Embedding = std::array<float, 128>;

/// In display pixels of the full picture: squared, rotation applied.
struct Box {
    double x = 0;
    double y = 0;
    double width = 0;
    double height = 0;
};

/// Intersection by union: 0 … 1.
[[nodiscard]] double OverlapOf(const Box& a, const Box& b) noexcept;

struct Person {
    PersonId id;
    std::string name;  ///< Unique among people who are not merged into another; empty: unknown.
    Timestamp created_at;
    bool hidden = false;   ///< Matched, and shown nowhere.
    PersonId merged_into;  ///< Whom the person was found to be; empty for most.
    PersonId root;         ///< Where merged_into ends: the person everybody reads; `id` for most.
    std::string consent;   ///< Where the person's consent is kept, in the operator's words.

    friend bool operator==(const Person&, const Person&) = default;
};

/// One enrolled face of a person.
struct EnrolmentPhoto {
    PhotoId id;
    PersonId person_id;  ///< Empty while the edit that enrolled it is undone.
    std::string file_name;
    std::string sha256;  ///< Of the photo's bytes: the same photo is enrolled once.
    Embedding embedding{};
    std::string model;  ///< ProcessorKind::embedding_model that made the embedding: it is compared with no
                        ///< other's.
    Box box;
    double quality = 0;       ///< 0 … 1.
    std::string crop_sha256;  ///< Sealed JPEG of the face in the ArtifactStore; empty when none is kept.
    Timestamp created_at;
};

/// One face followed through time within one result: a fact.
struct FaceTrack {
    TrackId id;
    TrackId anchor;  ///< The track of the item's earliest run that showed this face then: verdicts are kept
                     ///< by it. Its own id for most.
    ResultId result_id;
    int number = 0;  ///< As in the result's document, from 1.
    int link = 0;    ///< Tracks of one result with the same link show the same face, by embedding.
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
    std::int64_t best_shot_ms = 0;
    Box best_box;
    double quality = 0;
    std::vector<Embedding>
        shots;  ///< Of its best shots, ≤ 8, best first. Empty when no shot was good enough.
    std::optional<Embedding> mean;  ///< Of the shots, length 1: by it the face is found again. With them.
    std::string thumbnail;          ///< Artifact name in the result; empty when there is none.
};

/// What somebody, or the service, said of the face on a track.
struct TrackVerdict {
    PersonId person;               ///< Whose it is; empty: not said.
    bool by_system = false;        ///< `person` is the service's own finding.
    bool nobody = false;           ///< Of nobody who is known.
    std::set<PersonId> not_these;  ///< Whose it is not, for ever.

    friend bool operator==(const TrackVerdict&, const TrackVerdict&) = default;
};

/// How sure an appearance's name is.
enum class Certainty : std::uint8_t {
    kConfirmed,  ///< Under the threshold, with a margin to the next person.
    kPossible,   ///< Near: shown with its flag, never in a webhook as a name.
};

/// Their names in the same order.
inline constexpr std::array<std::string_view, 2> kCertaintyWords{"confirmed", "possible"};

/// "confirmed" or "possible": the words of the API, of the database and of publications.
[[nodiscard]] std::string_view ToString(Certainty certainty) noexcept;

/// The certainty with that name, case-sensitive; nothing when there is none.
[[nodiscard]] std::optional<Certainty> CertaintyFrom(std::string_view text) noexcept;

/// What is known of whose face an appearance, or of who a person, is.
enum class Recognition : std::uint8_t {
    kNew,              ///< Somebody who has no name.
    kUnconfirmed,      ///< Proposed: nobody confirmed it, and the face is not near enough.
    kSystemConfirmed,  ///< The service is sure.
    kUserConfirmed,    ///< Somebody said so.
};

inline constexpr std::array<std::string_view, 4> kRecognitionWords{
    "new", "unconfirmed", "system_confirmed", "user_confirmed"
};

[[nodiscard]] std::string_view ToString(Recognition recognition) noexcept;

/// A person in an item from `start_ms` to `end_ms`.
struct Appearance {
    AppearanceId id;
    ItemId item_id;
    ResultId result_id;
    PersonId person_id;
    std::string person_name;  ///< At the time of reading.
    Certainty certainty = Certainty::kConfirmed;
    bool by_user = false;  ///< Somebody said so: no distance decided.
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
    double similarity = 0;  ///< 0 … 100 in tenths, from the distance by the logistic of
                            ///< docs/processors/facial-recognition.md.
    double distance = 0;
    double probability = 0;  ///< 0 … 1, that the name is right, among as many people as were known when it
                             ///< was given; 1 when somebody said so.
    std::int64_t best_shot_ms = 0;
    Box box;
    std::vector<TrackId> tracks;
    Timebase timebase;  ///< Of the video, for frames and timecodes of these times; none for a picture.
};

[[nodiscard]] Recognition RecognitionOf(const Appearance& appearance) noexcept;

}  // namespace notify
