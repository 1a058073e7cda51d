#pragma once

// People, enrolment photos, face tracks and appearances. Embeddings are sealed by the implementation.

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"
#include "storage/storage.hpp"

namespace notify {

struct AppearanceFilter {
    ItemId item_id;
    PersonId person_id;
};

class PeopleRepository {
public:
    PeopleRepository() = default;
    PeopleRepository(const PeopleRepository&) = delete;
    PeopleRepository& operator=(const PeopleRepository&) = delete;
    virtual ~PeopleRepository() = default;

    /// kConflict when the name is taken.
    virtual Result<void> AddPerson(const Person& person) = 0;
    virtual Result<void> RenamePerson(const PersonId& id, std::string_view name) = 0;

    /// Removes the person with photos and appearances.
    virtual Result<void> RemovePerson(const PersonId& id) = 0;
    [[nodiscard]] virtual Result<Person> Get(const PersonId& id) const = 0;

    /// By id or by name. kNotFound.
    [[nodiscard]] virtual Result<Person> Find(std::string_view id_or_name) const = 0;
    [[nodiscard]] virtual Result<std::vector<Person>> List() const = 0;

    /// kConflict when the person has that photo (sha256) already.
    virtual Result<void> AddPhoto(const EnrolmentPhoto& photo) = 0;
    virtual Result<void> RemovePhoto(const PhotoId& id) = 0;
    [[nodiscard]] virtual Result<std::vector<EnrolmentPhoto>> PhotosOf(const PersonId& id) const = 0;
    [[nodiscard]] virtual Result<std::vector<EnrolmentPhoto>> AllPhotos() const = 0;

    /// Rises with every change of people or photos: what a consumer that prepared on a snapshot compares.
    [[nodiscard]] virtual Result<std::int64_t> GalleryVersion() const = 0;

    /// Adds the tracks of a result; does nothing for those that are there (the same result is shared by
    /// items).
    virtual Result<void> AddTracks(const std::vector<FaceTrack>& tracks) = 0;
    [[nodiscard]] virtual Result<std::vector<FaceTrack>> TracksOf(const ResultId& result) const = 0;

    /// Replaces the appearances of the item from this result.
    virtual Result<void> ReplaceAppearances(
        const ItemId& item, const ResultId& result, const std::vector<Appearance>& appearances
    ) = 0;

    /// Those of the items in which somebody appears.
    [[nodiscard]] virtual Result<std::set<ItemId>> WithAppearances(
        const std::vector<ItemId>& items
    ) const = 0;

    /// By item and start; `after` is what Page::next said.
    [[nodiscard]] virtual Result<Page<Appearance>> Appearances(
        const AppearanceFilter& filter, const PageRequest& page
    ) const = 0;
};

}  // namespace notify
