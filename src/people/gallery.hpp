#pragma once

// The people who are known, as matching reads them: immutable, of one moment.

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A person, with the photos of everybody who was merged into them.
struct KnownPerson {
    PersonId id;
    std::string name;               ///< Empty: unknown.
    Embedding mean{};               ///< Of the photos, length 1: the template.
    std::vector<Embedding> photos;  ///< Those that can be compared, or, where somebody has a name and no
                                    ///< photo, faces of tracks that are said to be theirs. None: only
                                    ///< verdicts name this person.
};

/// Everybody at one version of the gallery.
struct Gallery {
    std::int64_t version = 0;
    std::vector<KnownPerson> people;         ///< By id.
    std::map<PersonId, std::size_t> places;  ///< In `people`: of these, and of who was merged into them.

    /// Where in `people` they are; nothing for somebody who is not known.
    [[nodiscard]] std::optional<std::size_t> PlaceOf(const PersonId& id) const;

    /// How many can be compared.
    [[nodiscard]] std::size_t Comparable() const;
};

/// Joins people, with whom they were merged into, and photos.
[[nodiscard]] Gallery MakeGallery(
    std::int64_t version, const std::vector<Person>& people, const std::vector<EnrolmentPhoto>& photos
);

/// The gallery a snapshot shows.
[[nodiscard]] Result<Gallery> ReadGallery(const Snapshot& snapshot);

/// What is compared with in one of the two and not in the other: templates and photos of those who came, went
/// or have others. A face that is far from all of these is named alike by both, as long as both
/// are small or neither is (IsSmall).
[[nodiscard]] std::vector<Embedding> ChangedExemplars(const Gallery& before, const Gallery& after);

/// Reads the gallery once for each of its versions. Thread-safe. `storage` outlives it.
class GalleryCache final {
public:
    explicit GalleryCache(Storage& storage) : storage_(storage) {}

    /// The gallery as it is now. Callers share it: matching of many items goes on beside a change.
    [[nodiscard]] Result<std::shared_ptr<const Gallery>> Current();

private:
    Storage& storage_;
    std::mutex mutex_;
    std::shared_ptr<const Gallery> cached_;  ///< With whoever is matching by it.
};

}  // namespace notify
