#pragma once

// The people who are known, as matching reads them: immutable, of one moment.

#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A person with at least one photo that can be compared.
struct KnownPerson {
    PersonId id;
    std::string name;
    Embedding mean{};  ///< Of the photos, length 1: the template.
    std::vector<Embedding> photos;
};

/// Everybody at one version of the gallery.
struct Gallery {
    std::int64_t version = 0;
    std::vector<KnownPerson> people;  ///< By id.
};

/// Joins people and photos; people without a photo that can be read are left out.
[[nodiscard]] Gallery MakeGallery(
    std::int64_t version, const std::vector<Person>& people, const std::vector<EnrolmentPhoto>& photos
);

/// The gallery a snapshot shows.
[[nodiscard]] Result<Gallery> ReadGallery(const Snapshot& snapshot);

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
