#include "people/gallery.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
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

/// Gives those who have a name and no photo, of whatever model, faces that are said to be theirs.
Result<void> AddFaces(
    const Snapshot& snapshot, const Gallery& nobody, std::map<std::string, Gallery, std::less<>>& by_model
) {
    const auto faces = snapshot.faces.ForPhotos(kFacesForPhotos);
    if (!faces) {
        return Unexpected(faces.error());
    }
    std::set<std::pair<std::string, std::size_t>> given;
    for (const auto& face : *faces) {
        if (const auto place = nobody.PlaceOf(face.person); place && face.mean) {
            auto& person = by_model.try_emplace(face.model, nobody).first->second.people[*place];
            person.photos.push_back(*face.mean);
            person.within = kSpreadOfTrack;
            given.emplace(face.model, *place);
        }
    }
    for (const auto& [model, place] : given) {
        TakeTemplate(by_model.at(model).people[place]);
    }
    return {};
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

void TakeTemplate(KnownPerson& person) {
    std::vector<WeighedEmbedding> photos;
    photos.reserve(person.photos.size());
    for (const auto& photo : person.photos) {
        photos.push_back({.embedding = photo});
    }
    person.mean = MeanOf(photos);
    const double alike = photos.empty() ? 1 : 1 / static_cast<double>(photos.size());
    person.spread = std::min(2 * SpreadOf(photos), (kSpreadOfPhotos - person.within) * (1 - alike));
}

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
            gallery.people.push_back(
                {.id = id, .name = person->name, .mean = {}, .spread = 0, .within = 0, .photos = {}}
            );
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
        TakeTemplate(person);
    }
    return gallery;
}

const Gallery& Galleries::Of(std::string_view model) const {
    const auto found = by_model_.find(model);
    return found != by_model_.end() ? found->second : nobody_;
}

Result<Galleries> ReadGalleries(const Snapshot& snapshot) {
    const auto version = snapshot.people.GalleryVersion();
    const auto people = version ? snapshot.people.List() : Unexpected(version.error());
    auto photos = people ? snapshot.people.AllPhotos() : Unexpected(people.error());
    if (!photos) {
        return Unexpected(photos.error());
    }
    std::map<std::string, std::vector<EnrolmentPhoto>> photos_by_model;
    for (auto& photo : *photos) {
        photos_by_model[photo.model].push_back(std::move(photo));
    }
    auto nobody = MakeGallery(*version, *people, {});
    std::map<std::string, Gallery, std::less<>> by_model;
    for (const auto& [model, of_model] : photos_by_model) {
        by_model.emplace(model, MakeGallery(*version, *people, of_model));
    }
    return AddFaces(snapshot, nobody, by_model).map([&] {
        return Galleries(std::move(nobody), std::move(by_model));
    });
}

Result<Gallery> ReadGallery(const Snapshot& snapshot, std::string_view model) {
    return ReadGalleries(snapshot).map([&](const Galleries& galleries) { return galleries.Of(model); });
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

std::vector<Embedding> ChangedExemplars(const Galleries& before, const Galleries& after) {
    std::vector<Embedding> changed;
    std::set<std::string> models;
    for (const auto* galleries : {&before, &after}) {
        for (const auto& [model, gallery] : galleries->ByModel()) {
            models.insert(model);
        }
    }
    for (const auto& model : models) {
        std::ranges::move(ChangedExemplars(before.Of(model), after.Of(model)), std::back_inserter(changed));
    }
    return changed;
}

Result<std::shared_ptr<const Galleries>> GalleryCache::Current() {
    return storage_.Read([&](const Snapshot& snapshot) { return In(snapshot); });
}

// Version and people are of one snapshot, so a change in between cannot give galleries a wrong version.
Result<std::shared_ptr<const Galleries>> GalleryCache::In(const Snapshot& snapshot) {
    const auto version = snapshot.people.GalleryVersion();
    if (!version) {
        return Unexpected(version.error());
    }
    const auto kept = [&] {
        const std::scoped_lock lock(mutex_);
        return cached_;
    };
    auto shared = kept();
    std::unique_lock reading(reading_, std::defer_lock);
    if (shared == nullptr || shared->Version() < *version) {
        reading.lock();
        shared = kept();  // somebody else may have read it meanwhile
    }
    if (shared != nullptr && shared->Version() == *version) {
        return shared;
    }
    auto read = ReadGalleries(snapshot);
    if (!read) {
        return Unexpected(read.error());
    }
    auto shown = std::make_shared<const Galleries>(*std::move(read));
    const std::scoped_lock lock(mutex_);
    if (cached_ == nullptr || cached_->Version() <= shown->Version()) {
        cached_ = shown;
    }
    return shown;
}

}  // namespace notify
