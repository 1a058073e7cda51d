#pragma once

// The people who are known, as matching reads them: immutable, of one moment.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What a track's mean stands for: the spread of two pictures of one person
/// (docs/processors/facial-recognition.md, "Distance").
inline constexpr double kSpreadOfTrack = 0.023;

/// Of many photos of one person.
inline constexpr double kSpreadOfPhotos = 0.0445;

/// A person, with the photos of everybody who was merged into them.
struct KnownPerson {
    PersonId id;
    std::string name;   ///< Empty: unknown.
    Embedding mean{};   ///< Of the photos, length 1: the template.
    double spread = 0;  ///< What of the photos is gone from the template: that of so many of anybody's, at
                        ///< most twice what these have (SpreadOf).
    double within = 0;  ///< Inside each of them: 0 for photos, kSpreadOfTrack for means of tracks.
    std::vector<Embedding> photos;  ///< Those that can be compared, or, where somebody has a name and no
                                    ///< photo, faces of tracks that are said to be theirs. None: only
                                    ///< verdicts name this person.
};

/// Takes the mean of their photos, and its spread.
void TakeTemplate(KnownPerson& person);

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

/// Everybody once for each model by which faces were measured: what two models measure is never compared.
class Galleries final {
public:
    Galleries() = default;

    Galleries(Gallery nobody, std::map<std::string, Gallery, std::less<>> by_model)
        : nobody_(std::move(nobody)), by_model_(std::move(by_model)) {}

    /// With the exemplars of this model (ProcessorKind::embedding_model). All have the same people and
    /// places.
    [[nodiscard]] const Gallery& Of(std::string_view model) const;

    [[nodiscard]] std::int64_t Version() const noexcept { return nobody_.version; }

    [[nodiscard]] const std::map<std::string, Gallery, std::less<>>& ByModel() const noexcept {
        return by_model_;
    }

private:
    Gallery nobody_;  ///< Without exemplars: of a model that measured none.
    std::map<std::string, Gallery, std::less<>> by_model_;
};

/// Joins people, with whom they were merged into, and photos, which one model measured.
[[nodiscard]] Gallery MakeGallery(
    std::int64_t version, const std::vector<Person>& people, const std::vector<EnrolmentPhoto>& photos
);

/// What a snapshot shows.
[[nodiscard]] Result<Galleries> ReadGalleries(const Snapshot& snapshot);

/// Galleries::Of of it.
[[nodiscard]] Result<Gallery> ReadGallery(const Snapshot& snapshot, std::string_view model);

/// What is compared with in one of the two and not in the other: templates and photos of those who came, went
/// or have others. A face that is far from all of these is named alike by both, as long as both
/// are as crowded (CrowdOf).
[[nodiscard]] std::vector<Embedding> ChangedExemplars(const Gallery& before, const Gallery& after);

/// The same for all models together.
[[nodiscard]] std::vector<Embedding> ChangedExemplars(const Galleries& before, const Galleries& after);

/// Reads the galleries once for each version that is new: who comes meanwhile waits for it. Thread-safe.
/// `storage` outlives it.
class GalleryCache final {
public:
    explicit GalleryCache(Storage& storage) : storage_(storage) {}

    /// As they are now. Callers share them: matching of many items goes on beside a change.
    [[nodiscard]] Result<std::shared_ptr<const Galleries>> Current();

    /// As the snapshot shows them.
    [[nodiscard]] Result<std::shared_ptr<const Galleries>> In(const Snapshot& snapshot);

private:
    Storage& storage_;
    std::mutex reading_;  ///< Before `mutex_`.
    std::mutex mutex_;
    std::shared_ptr<const Galleries> cached_;  ///< With whoever is matching by it.
};

}  // namespace notify
