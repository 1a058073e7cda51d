#pragma once

// People, enrolment photos, face tracks and appearances. Embeddings are sealed by the implementation.

#include <cstdint>
#include <optional>
#include <set>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/person.hpp"
#include "storage/storage.hpp"

namespace notify {

struct AppearanceFilter {
    ItemId item_id;
    PersonId person_id;      ///< With everybody who was merged into them.
    bool named = false;      ///< Only of people who have a name and are not hidden: what is told to others.
    PersonId together_with;  ///< Only while this person is seen too.
    bool proposed = false;   ///< Only what waits for somebody to confirm it.
    BucketId bucket_id;
    std::optional<Timestamp> since = std::nullopt;  ///< Of items discovered then or later …
    std::optional<Timestamp> until = std::nullopt;  ///< … and before this.
};

class PeopleRepository {
public:
    PeopleRepository() = default;
    PeopleRepository(const PeopleRepository&) = delete;
    PeopleRepository& operator=(const PeopleRepository&) = delete;
    virtual ~PeopleRepository() = default;

    /// As it is, merged or not. People come and go by edits: people_edit_repository.hpp.
    [[nodiscard]] virtual Result<Person> Get(const PersonId& id) const = 0;

    /// By id or by name; who they were merged into, where they were. A name finds the person who has it
    /// before one who had it when merged. kNotFound.
    [[nodiscard]] virtual Result<Person> Find(std::string_view id_or_name) const = 0;

    /// Everybody, those who were merged into others and unknown ones too: by name, then id.
    [[nodiscard]] virtual Result<std::vector<Person>> List() const = 0;

    /// Those who were not merged into others: who has a name by it, then who has none by id. `after` is what
    /// Page::next said; kInvalidArgument when it is nothing of the kind.
    [[nodiscard]] virtual Result<Page<Person>> Roots(const PageRequest& page) const = 0;

    /// Who was merged into the person, directly or not: by id.
    [[nodiscard]] virtual Result<std::vector<PersonId>> MergedInto(const PersonId& root) const = 0;

    /// A photo that is nobody's yet: an edit gives it to a person, whatever `person_id` says.
    virtual Result<void> AddPhoto(const EnrolmentPhoto& photo) = 0;

    /// Of the person and everybody who was merged into them.
    [[nodiscard]] virtual Result<std::vector<EnrolmentPhoto>> PhotosOf(const PersonId& id) const = 0;

    /// Those that are somebody's.
    [[nodiscard]] virtual Result<std::vector<EnrolmentPhoto>> AllPhotos() const = 0;

    /// Rises with every change of people or photos: what a consumer that prepared on a snapshot compares.
    [[nodiscard]] virtual Result<std::int64_t> GalleryVersion() const = 0;

    /// The same, and no edit is made before this transaction ends.
    [[nodiscard]] virtual Result<std::int64_t> HoldGalleryVersion() = 0;

    /// Adds the tracks of a result; does nothing for those that are there (the same result is shared by
    /// items).
    virtual Result<void> AddTracks(const std::vector<FaceTrack>& tracks) = 0;
    [[nodiscard]] virtual Result<std::vector<FaceTrack>> TracksOf(const ResultId& result) const = 0;

    /// Replaces the appearances of the item from this result.
    virtual Result<void> ReplaceAppearances(
        const ItemId& item, const ResultId& result, const std::vector<Appearance>& appearances
    ) = 0;

    /// Removes those of a result that another has replaced, and keeps for erasures whom its faces were shown
    /// as.
    virtual Result<void> RetireAppearances(const ItemId& item, const ResultId& result) = 0;

    /// Whether a result shows both, with everybody who was merged into them, at the same time.
    [[nodiscard]] virtual Result<bool> AreSeenTogether(const PersonId& one, const PersonId& other) const = 0;

    /// kNotFound.
    [[nodiscard]] virtual Result<Appearance> GetAppearance(const AppearanceId& id) const = 0;

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
