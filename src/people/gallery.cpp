#include "people/gallery.hpp"

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

Gallery MakeGallery(
    std::int64_t version, const std::vector<Person>& people, const std::vector<EnrolmentPhoto>& photos
) {
    std::map<PersonId, std::vector<Embedding>> photos_of;
    for (const auto& photo : photos) {
        if (IsEmbedding(photo.embedding)) {
            photos_of[photo.person_id].push_back(photo.embedding);
        }
    }
    Gallery gallery{.version = version, .people = {}};
    for (const auto& person : people) {
        const auto found = photos_of.find(person.id);
        if (found == photos_of.end()) {
            continue;
        }
        std::vector<WeighedEmbedding> weighed;
        for (const auto& photo : found->second) {
            weighed.push_back({.embedding = photo});
        }
        gallery.people.push_back(
            {.id = person.id,
             .name = person.name,
             .mean = MeanOf(weighed),
             .photos = std::move(found->second)}
        );
    }
    std::ranges::sort(gallery.people, {}, &KnownPerson::id);
    return gallery;
}

Result<Gallery> ReadGallery(const Snapshot& snapshot) {
    const auto version = snapshot.people.GalleryVersion();
    if (!version) {
        return Unexpected(version.error());
    }
    const auto people = snapshot.people.List();
    if (!people) {
        return Unexpected(people.error());
    }
    return snapshot.people.AllPhotos().map([&](const std::vector<EnrolmentPhoto>& photos) {
        return MakeGallery(*version, *people, photos);
    });
}

Result<std::shared_ptr<const Gallery>> GalleryCache::Current() {
    std::shared_ptr<const Gallery> cached;
    {
        const std::scoped_lock lock(mutex_);
        cached = cached_;
    }
    // Version and people are of one snapshot, so a change in between cannot give a gallery a wrong version.
    auto current = storage_.Read([&](const Snapshot& snapshot) -> Result<std::shared_ptr<const Gallery>> {
        const auto version = snapshot.people.GalleryVersion();
        if (!version) {
            return Unexpected(version.error());
        }
        if (cached != nullptr && cached->version == *version) {
            return cached;
        }
        return ReadGallery(snapshot).map([](Gallery gallery) -> std::shared_ptr<const Gallery> {
            return std::make_shared<const Gallery>(std::move(gallery));
        });
    });
    if (current) {
        const std::scoped_lock lock(mutex_);
        if (cached_ == nullptr || cached_->version <= (*current)->version) {
            cached_ = *current;
        }
    }
    return current;
}

}  // namespace notify
