#include "people/gallery_departure.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/person.hpp"
#include "domain/result.hpp"
#include "people/gallery_document.hpp"
#include "people/gallery_seal.hpp"
#include "storage/artifact_store.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Those of the wish, as they are read today; for none everybody who has a name.
Result<std::vector<Person>> PeopleOf(const Snapshot& snapshot, const GalleryWish& wish) {
    if (wish.people.empty()) {
        return snapshot.people.List().map([](std::vector<Person> people) {
            std::erase_if(people, [](const Person& person) {
                return !person.merged_into.IsEmpty() || person.name.empty();
            });
            return people;
        });
    }
    std::vector<Person> people;
    for (const auto& wanted : wish.people) {
        auto person = snapshot.people.Find(wanted);
        if (!person) {
            return Unexpected(person.error());
        }
        if (std::ranges::find(people, person->id, &Person::id) == people.end()) {
            people.push_back(std::move(*person));
        }
    }
    return people;
}

Result<MovedPhoto> Leaving(
    const Snapshot& snapshot, const ArtifactStore& artifacts, const EnrolmentPhoto& photo, bool with_crop
) {
    auto crop = with_crop && !photo.crop_sha256.empty() ? artifacts.Read(snapshot, CropRef(photo.crop_sha256))
                                                        : Result<std::string>(std::string());
    if (!crop && crop.error().code != ErrorCode::kNotFound) {
        return Unexpected(crop.error());
    }
    return MovedPhoto{
        .file_name = photo.file_name,
        .sha256 = photo.sha256,
        .model = photo.model,
        .embedding = photo.embedding,
        .box = photo.box,
        .quality = photo.quality,
        .crop = crop ? std::move(*crop) : std::string()
    };
}

/// Before the crops are read. `so_far`: of the people before.
Result<std::vector<EnrolmentPhoto>> PhotosOf(
    const Snapshot& snapshot, const Person& person, std::size_t so_far
) {
    auto photos = snapshot.people.PhotosOf(person.id);
    if (photos && so_far + photos->size() > kMostGalleryPhotos) {
        return Fail(
            ErrorCode::kTooLarge,
            fmt::format("a gallery has at most {} photos: export some people at a time", kMostGalleryPhotos)
        );
    }
    return photos;
}

Result<void> CheckCanLeave(const Person& person, bool has_photo) {
    if (person.name.empty() || !has_photo) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("person {} has no {}", person.id.Value(), person.name.empty() ? "name" : "photo")
        );
    }
    return {};
}

}  // namespace

ArtifactRef CropRef(std::string sha256) {
    return {.name = "crop", .media_type = "image/jpeg", .sha256 = std::move(sha256), .sealed = true};
}

Result<std::vector<std::string>> ReadDeparture(
    const Snapshot& snapshot, const ArtifactStore& artifacts, const GalleryWish& wish
) {
    const auto people = PeopleOf(snapshot, wish);
    if (!people) {
        return Unexpected(people.error());
    }
    std::vector<std::string> leaving;
    std::size_t bytes = 0;
    std::size_t so_far = 0;
    for (auto person = people->begin(); person != people->end() && bytes <= kMostGalleryBytes; ++person) {
        const auto photos = PhotosOf(snapshot, *person, so_far);
        if (!photos) {
            return Unexpected(photos.error());
        }
        if (const auto can = CheckCanLeave(*person, !photos->empty()); !can) {
            if (!wish.people.empty()) {
                return Unexpected(can.error());
            }
            continue;
        }
        MovedPerson moved{
            .name = person->name, .consent = person->consent, .hidden = person->hidden, .photos = {}
        };
        for (const auto& each : *photos) {
            auto photo = Leaving(snapshot, artifacts, each, wish.crops);
            if (!photo) {
                return Unexpected(photo.error());
            }
            moved.photos.push_back(std::move(*photo));
        }
        leaving.push_back(ToJson(moved));
        bytes += leaving.back().size();
        so_far += photos->size();
    }
    return leaving.empty() ? Fail(ErrorCode::kNotFound, "nobody is enrolled")
                           : Result<std::vector<std::string>>(std::move(leaving));
}

}  // namespace notify
