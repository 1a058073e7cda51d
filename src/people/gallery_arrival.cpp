#include "people/gallery_arrival.hpp"

#include <algorithm>
#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/enrolment_rules.hpp"
#include "people/gallery.hpp"
#include "people/gallery_document.hpp"
#include "people/matching.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Of one face in one photo, looked at by one model: a processor's own arithmetic makes less of a difference.
constexpr double kSameFace = 0.05;

/// The face of the photo that is here already; null when it is not.
const OwnedFace* FaceHere(const PeopleHere& here, const MovedPhoto& photo) {
    const auto [first, last] = here.faces.equal_range(photo.sha256);
    const auto found = std::find_if(first, last, [&](const auto& entry) {
        return DistanceBetween(entry.second.embedding, photo.embedding) < kSameFace;
    });
    return found != last ? &found->second : nullptr;
}

/// Who of those here has most of the photos; of equals who has the name.
std::optional<PersonId> OwnerOf(const PeopleHere& here, const MovedPerson& person, const PersonId& named) {
    std::map<PersonId, std::size_t> photos;
    for (const auto& photo : person.photos) {
        if (const auto* face = FaceHere(here, photo); face != nullptr && !face->person.IsEmpty()) {
            photos[face->person] += 2;
        }
    }
    if (photos.empty()) {
        return std::nullopt;
    }
    if (const auto found = photos.find(named); found != photos.end()) {
        ++found->second;
    }
    return std::ranges::max_element(photos, {}, [](const auto& entry) { return entry.second; })->first;
}

bool AreAlike(const MovedPerson& person, const std::vector<Embedding>& faces) {
    const double unlike = EnrolmentLimits{}.unlike;
    return faces.empty() || std::ranges::any_of(person.photos, [&](const MovedPhoto& photo) {
               return std::ranges::any_of(faces, [&](const Embedding& face) {
                   return DistanceBetween(photo.embedding, face) <= unlike;
               });
           });
}

/// Whether somebody of this name, unless another is known by it, or with one of these photos was erased.
Result<bool> WasErased(const Snapshot& snapshot, const MovedPerson& person, bool is_named_here) {
    auto erased = is_named_here ? Result<bool>(false) : snapshot.people_edits.WasForgotten(person.name);
    for (auto photo = person.photos.begin(); erased && !*erased && photo != person.photos.end(); ++photo) {
        erased = snapshot.people_edits.WasForgotten(photo->sha256);
    }
    return erased;
}

void Refuse(Arriving& arriving, std::string code, std::string sentence) {
    arriving.fresh.clear();
    arriving.here = {};
    arriving.code = std::move(code);
    arriving.sentence = std::move(sentence);
}

void TakeFresh(Arriving& arriving, PeopleHere& here) {
    for (const auto& photo : arriving.person->photos) {
        if (FaceHere(here, photo) == nullptr) {
            here.faces.insert({photo.sha256, {.person = arriving.here, .embedding = photo.embedding}});
            arriving.fresh.push_back(&photo);
        }
    }
}

/// Enrolled all the same: two people may look alike.
void WarnOfAnother(Arriving& arriving, const Gallery& gallery) {
    for (const auto* photo : arriving.fresh) {
        const auto near = NearestPerson(gallery, photo->embedding);
        if (near && near->distance < EnrolmentLimits{}.another_person) {
            arriving.code = "looks_like_another";
            arriving.sentence = fmt::format(
                "the face looks like {}, who is known here: merge the two if they are one",
                gallery.people[near->person].name.empty() ? "somebody" : gallery.people[near->person].name
            );
            return;
        }
    }
}

}  // namespace

Result<PeopleHere> ReadPeopleHere(const Snapshot& snapshot, std::string_view model) {
    auto gallery = ReadGallery(snapshot, model);
    const auto photos = gallery ? snapshot.people.AllPhotos()
                                : Result<std::vector<EnrolmentPhoto>>(Unexpected(gallery.error()));
    if (!photos) {
        return Unexpected(photos.error());
    }
    PeopleHere here{.gallery = std::move(*gallery), .faces = {}, .get_consent = {}};
    for (const auto& photo : *photos) {
        if (const auto place = here.gallery.PlaceOf(photo.person_id); place && photo.model == model) {
            here.faces.insert(
                {photo.sha256, {.person = here.gallery.people[*place].id, .embedding = photo.embedding}}
            );
        }
    }
    return here;
}

Result<Arriving> DecideArrival(
    const Snapshot& snapshot, PeopleHere& here, const MovedPerson& person, bool again
) {
    Arriving arriving{.person = &person};
    const auto named = snapshot.people.Find(person.name);
    if (!named && named.error().code != ErrorCode::kNotFound) {
        return Unexpected(named.error());
    }
    const auto erased = again ? Result<bool>(false) : WasErased(snapshot, person, named.has_value());
    if (!erased) {
        return Unexpected(erased.error());
    }
    if (*erased) {
        Refuse(
            arriving,
            "erased",
            "somebody of this name or with one of these photos was erased here and is not to be enrolled; to "
            "do "
            "so all the same, since there is a reason to, say again"
        );
        return arriving;
    }
    if (const auto owner = OwnerOf(here, person, named ? named->id : PersonId())) {
        arriving.here = *owner;
    } else if (named) {
        const auto place = here.gallery.PlaceOf(named->id);
        if (place && !AreAlike(person, here.gallery.people[*place].photos)) {
            Refuse(
                arriving,
                "another_of_the_name",
                "somebody else has this name here, whose face is unlike: rename one of the two"
            );
            return arriving;
        }
        arriving.here = named->id;
    }
    TakeFresh(arriving, here);
    if (arriving.here.IsEmpty() && arriving.fresh.empty()) {
        Refuse(arriving, "same_photos", "all of these photos are another person's of the gallery too");
        return arriving;
    }
    if (arriving.here.IsEmpty()) {
        WarnOfAnother(arriving, here.gallery);
        arriving.takes_consent = !person.consent.empty();
        return arriving;
    }
    return snapshot.people.Get(arriving.here).map([&](const Person& known) {
        arriving.takes_consent =
            !person.consent.empty() && known.consent.empty() && here.get_consent.insert(known.id).second;
        return std::move(arriving);
    });
}

}  // namespace notify
