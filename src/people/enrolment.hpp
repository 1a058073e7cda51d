#pragma once

// Makes people known by photos: looks at them, decides, and writes person, photos and audit together.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "people/enrolment_rules.hpp"
#include "people/photo_faces.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"

namespace notify {

struct NewPhoto {
    std::string file_name;
    std::string bytes;
    std::optional<FacePoint> face;
};

struct EnrolmentAnswer {
    PersonId person;  ///< Empty when no photo was accepted for a new name: then nobody was made.
    std::string name;
    std::size_t photos = 0;            ///< The person has now.
    std::vector<PhotoAnswer> answers;  ///< Beside the photos.
    std::vector<std::string> warnings;
};

/// Thread-safe if `reader` is. Everything borrowed outlives it.
class Enrolment final {
public:
    /// `model`: that makes the embeddings which `reader` gives, as EnrolmentPhoto::model.
    Enrolment(
        Storage& storage,
        const ArtifactStore& artifacts,
        const Clock& clock,
        PhotoReader reader,
        std::string_view model
    )
        : storage_(storage),
          artifacts_(artifacts),
          clock_(clock),
          reader_(std::move(reader)),
          model_(model) {}

    /// Adds photos to the person with this name (or id), who is made when there is none. Photos that are
    /// refused do not keep others from being accepted: the answers say it of each. Crops are sealed. Run
    /// Relabelling afterwards. kInvalidArgument for an empty name or no photos; kUnavailable, kStopped when
    /// photos could not be looked at now; kConflict when people kept changing meanwhile. Nothing is written
    /// then. Somebody who was erased, by name or by one of these photos, is enrolled `again` only: kConflict.
    /// `actor` is who asks, for the audit, in which every enrolment of a name and photos is noted before it
    /// is answered: whom it was of (`nobody` when it makes nobody known), how many photos were accepted and
    /// why others were not, as words. No name, and no file.
    [[nodiscard]] Result<EnrolmentAnswer> Enrol(
        std::string_view name, std::span<const NewPhoto> photos, std::string_view actor, bool again = false
    );

private:
    struct Ready;

    [[nodiscard]] Result<std::vector<Candidate>> LookAt(std::span<const NewPhoto> photos) const;
    [[nodiscard]] Result<void> CheckErased(std::string_view name, std::span<const Candidate> candidates);
    [[nodiscard]] Result<Ready> Decide(std::string_view name, std::span<const Candidate> candidates);
    [[nodiscard]] Result<void> MakePhotos(std::span<const Candidate> candidates, Ready& ready) const;
    [[nodiscard]] Result<bool> WriteDown(const Ready& ready, std::string_view actor);
    [[nodiscard]] Result<EnrolmentAnswer> Accept(
        std::string_view name, std::span<const NewPhoto> photos, std::string_view actor, bool again
    );
    [[nodiscard]] Result<void> NoteRefused(
        std::string_view name, std::string_view actor, std::string_view detail
    );

    Storage& storage_;
    const ArtifactStore& artifacts_;
    const Clock& clock_;
    PhotoReader reader_;
    std::string model_;
};

}  // namespace notify
