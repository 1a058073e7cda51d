#include "people/enrolment_rules.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/photo_faces.hpp"

namespace notify {

namespace {

double LongerSide(const PhotoFace& face) {
    return std::max(face.box.width, face.box.height);
}

bool Holds(const Box& box, const FacePoint& point) {
    return point.x >= box.x && point.y >= box.y && point.x < box.x + box.width &&
           point.y < box.y + box.height;
}

void Refuse(PhotoAnswer& answer, std::string reason, std::string sentence) {
    answer.accepted = false;
    answer.reason = std::move(reason);
    answer.sentence = std::move(sentence);
}

/// The face that is meant, or a refusal in `answer`.
std::optional<std::size_t> ChooseFace(
    const Candidate& candidate, const EnrolmentLimits& limits, PhotoAnswer& answer
) {
    const auto& name = candidate.file_name;
    const auto& faces = *candidate.faces;
    if (faces.empty()) {
        Refuse(answer, "no_face", fmt::format("there is no face in {}", name));
        return std::nullopt;
    }
    if (candidate.point) {
        const auto& point = *candidate.point;
        const auto found =
            std::ranges::find_if(faces, [&](const PhotoFace& face) { return Holds(face.box, point); });
        if (found == faces.end()) {
            Refuse(
                answer,
                "no_face_at_point",
                fmt::format("there is no face at {:.0f},{:.0f} in {}", point.x, point.y, name)
            );
            return std::nullopt;
        }
        return static_cast<std::size_t>(found - faces.begin());
    }
    const auto largest = std::ranges::max_element(faces, {}, LongerSide);
    for (auto face = faces.begin(); face != faces.end(); ++face) {
        if (face != largest && LongerSide(*face) > limits.second_face * LongerSide(*largest)) {
            Refuse(
                answer,
                "second_face",
                fmt::format(
                    "there is a second face in {}, {:.0f} pixels beside {:.0f}: choose one by a point in it",
                    name,
                    LongerSide(*face),
                    LongerSide(*largest)
                )
            );
            return std::nullopt;
        }
    }
    return static_cast<std::size_t>(largest - faces.begin());
}

/// What each photo says for itself. True when it may be compared with the others.
bool Examine(
    const Candidate& candidate, const EnrolmentLimits& limits, PhotoAnswer& answer, std::size_t& chosen
) {
    if (!candidate.faces) {
        Refuse(
            answer,
            "not_a_photo",
            fmt::format(
                "{} cannot be read as a photo: {}", candidate.file_name, candidate.faces.error().message
            )
        );
        return false;
    }
    const auto face = ChooseFace(candidate, limits, answer);
    if (!face) {
        return false;
    }
    chosen = *face;
    const double sharpness = (*candidate.faces)[chosen].sharpness;
    const double eyes = (*candidate.faces)[chosen].inter_eye_px;
    if (eyes < limits.least_inter_eye) {
        Refuse(
            answer,
            "too_small",
            fmt::format(
                "the face in {} is too small: {:.0f} pixels between the eyes, {:.0f} are needed",
                candidate.file_name,
                eyes,
                limits.least_inter_eye
            )
        );
        return false;
    }
    if (sharpness < limits.least_sharpness) {
        Refuse(
            answer,
            "blurred",
            fmt::format(
                "the face in {} is blurred: its sharpness is {:.2f} of 1, {:.2f} is needed",
                candidate.file_name,
                sharpness,
                limits.least_sharpness
            )
        );
        return false;
    }
    return true;
}

/// How far a face is from a person's photos: from their mean or the nearest of them.
double DistanceToPhotos(const std::vector<Embedding>& photos, const Embedding& face) {
    std::vector<WeighedEmbedding> weighed;
    double nearest = 2;
    for (const auto& photo : photos) {
        weighed.push_back({.embedding = photo});
        nearest = std::min(nearest, DistanceBetween(photo, face));
    }
    return photos.empty() ? 2 : std::min(nearest, DistanceBetween(MeanOf(weighed), face));
}

/// The face that most others are like; the earliest of equals.
std::size_t MostAlike(const std::vector<Embedding>& faces, double unlike) {
    std::size_t best = 0;
    std::ptrdiff_t most = -1;
    for (std::size_t i = 0; i < faces.size(); ++i) {
        const auto alike = std::ranges::count_if(faces, [&](const Embedding& e) {
            return DistanceBetween(faces[i], e) <= unlike;
        });
        if (alike > most) {
            most = alike;
            best = i;
        }
    }
    return best;
}

/// Which of `faces` are the person, beginning with `known` (or, for nobody, with the face most others are
/// like). A face that is like one already accepted is accepted. Each round accepts together what is like
/// those of the round before, so the order of the photos does not matter.
std::vector<bool> SamePerson(
    const std::vector<Embedding>& faces, std::vector<Embedding> known, double unlike
) {
    std::vector<bool> same(faces.size());
    if (known.empty() && !faces.empty()) {
        const std::size_t seed = MostAlike(faces, unlike);
        same[seed] = true;
        known.push_back(faces[seed]);
    }
    while (true) {
        std::vector<Embedding> accepted;
        for (std::size_t i = 0; i < faces.size(); ++i) {
            if (!same[i] && DistanceToPhotos(known, faces[i]) <= unlike) {
                same[i] = true;
                accepted.push_back(faces[i]);
            }
        }
        if (accepted.empty()) {
            return same;
        }
        known.insert(known.end(), accepted.begin(), accepted.end());
    }
}

void WarnOfAnother(
    const Embedding& face, const EnrolmentContext& context, const EnrolmentLimits& limits, PhotoAnswer& answer
) {
    for (const auto& person : context.gallery.people) {
        if (person.id != context.person_id && DistanceToPhotos(person.photos, face) < limits.another_person) {
            answer.reason = "looks_like_another";
            answer.sentence = fmt::format(
                "the face in {} looks like {}, who is enrolled already", answer.file_name, person.name
            );
            return;
        }
    }
}

}  // namespace

EnrolmentDecision DecideEnrolment(
    std::span<const Candidate> candidates, const EnrolmentContext& context, const EnrolmentLimits& limits
) {
    EnrolmentDecision decision{
        .answers = std::vector<PhotoAnswer>(candidates.size()),
        .faces = std::vector<std::size_t>(candidates.size())
    };
    const std::set<std::string> known(context.sha256.begin(), context.sha256.end());
    std::set<std::string>
        given;  // an earlier one that was refused for itself may be given again with a point
    std::vector<std::size_t> examined;
    std::vector<Embedding> faces;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        auto& answer = decision.answers[i];
        answer.file_name = candidates[i].file_name;
        if (known.contains(candidates[i].sha256)) {
            Refuse(
                answer,
                "same_photo",
                fmt::format("{} has the photo {} already", context.name, answer.file_name)
            );
        } else if (given.contains(candidates[i].sha256)) {
            Refuse(answer, "same_photo", fmt::format("the photo {} is given twice", answer.file_name));
        } else if (Examine(candidates[i], limits, answer, decision.faces[i])) {
            given.insert(candidates[i].sha256);
            examined.push_back(i);
            faces.push_back((*candidates[i].faces)[decision.faces[i]].embedding);
        }
    }
    const auto same = SamePerson(faces, context.photos, limits.unlike);
    for (std::size_t k = 0; k < examined.size(); ++k) {
        auto& answer = decision.answers[examined[k]];
        if (same[k]) {
            answer.accepted = true;
            WarnOfAnother(faces[k], context, limits, answer);
        } else {
            Refuse(
                answer,
                "unlike",
                fmt::format("the face in {} is unlike the other photos of {}", answer.file_name, context.name)
            );
        }
    }
    return decision;
}

std::string FewPhotosWarning(std::string_view name, std::size_t photos, const EnrolmentLimits& limits) {
    return photos == 0 || photos >= limits.enough_photos
               ? std::string()
               : fmt::format(
                     "{} is known by {} photo{} only and will be found less often; {} or more are better",
                     name,
                     photos,
                     photos == 1 ? "" : "s",
                     limits.enough_photos
                 );
}

}  // namespace notify
