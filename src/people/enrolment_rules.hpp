#pragma once

// Which photos a person is known by: what is refused, and the sentence that says why. Pure.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "people/gallery.hpp"
#include "people/photo_faces.hpp"

namespace notify {

/// A point in the photo, in its pixels: the face that is meant.
struct FacePoint {
    double x = 0;
    double y = 0;
};

struct EnrolmentLimits {
    double second_face = 0.5;       ///< Of the largest face's longer side: a larger second face is refused.
    double least_inter_eye = 24;    ///< Pixels.
    double least_sharpness = 0.45;  ///< 0 … 1: docs/processors/facial-recognition.md, "Enrolment".
    double unlike = 0.40;           ///< Further than this from the person's other photos is somebody else.
    double another_person = 0.31;   ///< Nearer than this to somebody else is worth a warning.
    std::size_t enough_photos = 3;  ///< Fewer enrol with a warning: such a person is found less often.
};

/// Why a photo was refused, or that it was not.
struct PhotoAnswer {
    std::string file_name;
    bool accepted = false;
    std::string
        reason;  ///< "no_face", "no_face_at_point", "second_face", "too_small", "blurred",
                 ///< "unlike", "same_photo", "not_a_photo"; "looks_like_another" with accepted; else empty.
    std::string sentence;  ///< For a person; empty when there is nothing to say.
};

/// A photo that was looked at.
struct Candidate {
    std::string file_name;
    std::string sha256;
    std::optional<FacePoint> point;
    Result<std::vector<PhotoFace>> faces;
};

/// What there is of the person and of everybody else.
struct EnrolmentContext {
    std::string_view name;
    std::vector<std::string> sha256;  ///< Of the photos the person has.
    std::vector<Embedding> photos;    ///< Their faces.
    PersonId person_id;               ///< Empty for a new person.
    const Gallery& gallery;
};

/// An answer beside each candidate, and the index of the face that was taken in those accepted.
struct EnrolmentDecision {
    std::vector<PhotoAnswer> answers;
    std::vector<std::size_t> faces;
};

/// Decides on all photos together. Photos must be like those the person has; for a new person like each
/// other, where the photo that most others resemble is taken for the person.
[[nodiscard]] EnrolmentDecision DecideEnrolment(
    std::span<const Candidate> candidates, const EnrolmentContext& context, const EnrolmentLimits& limits = {}
);

/// What to say when a person has so few photos; empty when there are enough.
[[nodiscard]] std::string FewPhotosWarning(
    std::string_view name, std::size_t photos, const EnrolmentLimits& limits = {}
);

}  // namespace notify
