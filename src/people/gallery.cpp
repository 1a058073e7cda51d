#include "people/gallery.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "storage/face_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kFacesForPhotos = 10;

Embedding TemplateOf(const std::vector<Embedding>& photos) {
    std::vector<WeighedEmbedding> weighed;
    weighed.reserve(photos.size());
    for (const auto& photo : photos) {
        weighed.push_back({.embedding = photo});
    }
    return MeanOf(weighed);
}

/// Gives those who have a name and no photo faces that are said to be theirs.
Result<Gallery> WithFaces(Gallery gallery, const Snapshot& snapshot) {
    for (auto& person : gallery.people) {
        if (person.name.empty() || !person.photos.empty()) {
            continue;
        }
        const auto faces = snapshot.faces.SaidToBe(person.id, kFacesForPhotos);
        if (!faces) {
            return Unexpected(faces.error());
        }
        for (const auto& face : *faces) {
            if (face.track.mean) {
                person.photos.push_back(*face.track.mean);
            }
        }
        person.mean = TemplateOf(person.photos);
    }
    return gallery;
}

void AddExemplars(const KnownPerson& person, std::vector<Embedding>& to) {
    if (!person.photos.empty()) {
        to.push_back(person.mean);
        to.insert(to.end(), person.photos.begin(), person.photos.end());
    }
}

const KnownPerson* PersonOf(const Gallery& gallery, const PersonId& id) {
    const auto place = gallery.PlaceOf(id);
    return place && gallery.people[*place].id == id ? &gallery.people[*place] : nullptr;
}

}  // namespace

std::optional<std::size_t> Gallery::PlaceOf(const PersonId& id) const {
    const auto place = places.find(id);
    return place != places.end() ? std::optional(place->second) : std::nullopt;
}

std::size_t Gallery::Comparable() const {
    return static_cast<std::size_t>(std::ranges::count_if(people, [](const KnownPerson& person) {
        return !person.photos.empty();
    }));
}

Gallery MakeGallery(
    std::int64_t version, const std::vector<Person>& people, const std::vector<EnrolmentPhoto>& photos
) {
    std::map<PersonId, const Person*> by_id;
    for (const auto& person : people) {
        by_id[person.id] = &person;
    }
    Gallery gallery{.version = version, .people = {}, .places = {}};
    for (const auto& [id, person] : by_id) {
        if (person->merged_into.IsEmpty()) {
            gallery.places[id] = gallery.people.size();
            gallery.people.push_back({.id = id, .name = person->name, .mean = {}, .photos = {}});
        }
    }
    for (const auto& [id, person] : by_id) {
        if (const auto root = gallery.places.find(person->root); root != gallery.places.end()) {
            gallery.places[id] = root->second;
        }
    }
    for (const auto& photo : photos) {
        const auto place = gallery.PlaceOf(photo.person_id);
        if (place && IsEmbedding(photo.embedding)) {
            gallery.people[*place].photos.push_back(photo.embedding);
        }
    }
    for (auto& person : gallery.people) {
        person.mean = TemplateOf(person.photos);
    }
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
    return snapshot.people.AllPhotos().and_then([&](const std::vector<EnrolmentPhoto>& photos) {
        return WithFaces(MakeGallery(*version, *people, photos), snapshot);
    });
}

std::vector<Embedding> ChangedExemplars(const Gallery& before, const Gallery& after) {
    std::vector<Embedding> changed;
    for (const auto& was : before.people) {
        const auto* is = PersonOf(after, was.id);
        if (is == nullptr || is->photos != was.photos) {
            AddExemplars(was, changed);
        }
    }
    for (const auto& is : after.people) {
        const auto* was = PersonOf(before, is.id);
        if (was == nullptr || is.photos != was->photos) {
            AddExemplars(is, changed);
        }
    }
    return changed;
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
