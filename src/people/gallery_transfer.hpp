#pragma once

// Moves enrolled people to another installation: out as a sealed file, in by edits that can be undone.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "people/gallery_departure.hpp"
#include "people/gallery_document.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What became of a person of a gallery.
enum class MoveOutcome : std::uint8_t {
    kEnrolled,   ///< Nobody here was that person.
    kExtended,   ///< Somebody here was, and has more photos now.
    kUnchanged,  ///< All of it was here.
    kRefused,    ///< `code` and `sentence` say why.
};

inline constexpr std::array<std::string_view, 4> kMoveOutcomeWords{
    "enrolled", "extended", "unchanged", "refused"
};

[[nodiscard]] std::string_view ToString(MoveOutcome outcome) noexcept;

struct MovedAnswer {
    std::string name;  ///< In the gallery.
    MoveOutcome outcome = MoveOutcome::kUnchanged;
    PersonId person;         ///< Here; empty when refused.
    std::size_t photos = 0;  ///< That came.
    /// Undoing it takes the photos back, or the consent when no photo came; empty when nothing came. A
    /// consent beside photos is an edit of its own.
    EditId edit;
    std::string code;  ///< "erased", "another_of_the_name", "same_photos"; "looks_like_another" of one who is
                       ///< enrolled.
    std::string sentence;  ///< For a person; empty when there is nothing to say.
};

/// Thread-safe. Everything borrowed outlives it.
class GalleryTransfer final {
public:
    /// `model`: as EnrolmentPhoto::model, of this installation.
    GalleryTransfer(
        Storage& storage, const ArtifactStore& artifacts, const Clock& clock, std::string_view model
    )
        : storage_(storage), artifacts_(artifacts), clock_(clock), model_(model) {}

    /// The file (gallery_seal.hpp): names, consent, photos with embeddings and models; no verdicts and
    /// nothing of items. Noted in the audit before it is given. kNotFound for nobody of that name, or nobody
    /// at all; kInvalidArgument for the passphrase and for somebody without a photo; kTooLarge, also in
    /// photos.
    [[nodiscard]] Result<std::string> Export(
        const GalleryWish& wish, std::string_view passphrase, std::string_view actor
    );

    /// All that a file brings, in one transaction: an answer for each of its people. Who has one of the
    /// photos here is that person; else who has the name, when their faces are alike; else somebody new.
    /// Photos that are here are passed over, so the same file again makes nothing. Who was erased here, by
    /// name or by a photo, is refused, unless `again`. Run Relabelling afterwards. Errors of OpenGallery and
    /// FromGalleryDocument; kUnsupported when another model made an embedding; kConflict when people kept
    /// changing meanwhile; kStopped, between two people. Nothing is written then.
    [[nodiscard]] Result<std::vector<MovedAnswer>> Import(
        std::string_view file,
        std::string_view passphrase,
        std::string_view actor,
        bool again = false,
        const std::stop_token& stop = {}
    );

private:
    struct Order;
    struct Decision;
    struct Arrival;

    [[nodiscard]] Result<void> CheckModel(const std::vector<MovedPerson>& people) const;
    [[nodiscard]] Result<std::optional<std::vector<MovedAnswer>>> TryImport(
        const std::vector<MovedPerson>& people, const Order& order
    );
    [[nodiscard]] Result<Decision> Decide(
        const Snapshot& snapshot, const std::vector<MovedPerson>& people, const Order& order
    ) const;
    [[nodiscard]] Result<std::vector<Arrival>> Prepare(const Decision& decision, const Order& order) const;
    [[nodiscard]] Result<void> MakePhotos(Arrival& arrival) const;
    [[nodiscard]] Result<void> WriteDown(
        Transaction& transaction, Arrival& arrival, std::string_view actor
    ) const;

    Storage& storage_;
    const ArtifactStore& artifacts_;
    const Clock& clock_;
    std::string model_;
};

}  // namespace notify
