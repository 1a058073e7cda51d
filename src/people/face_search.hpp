#pragma once

// Who is in a picture that somebody brings, and where these faces were seen.

#include <cstddef>
#include <optional>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "people/candidates.hpp"
#include "people/face_index.hpp"
#include "people/gallery.hpp"
#include "people/indexed_faces.hpp"
#include "people/photo_faces.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A stored face that looks like one that was asked for.
struct FoundFace {
    TrackId track;
    ResultId result;
    std::int64_t start_ms = 0;
    std::int64_t end_ms = 0;
    std::string thumbnail;  ///< Artifact name in the result; empty when there is none.
    double distance = 0;    ///< 0 … 2.
    PersonId shown_as;      ///< Empty: nobody.
    std::vector<ItemId> items;
};

/// What is known of one face of a picture.
struct FaceAnswer {
    Box box;
    double quality = 0;                          ///< 0 … 1.
    std::optional<PersonCandidate> person;       ///< Whom it shows, or may show …
    Certainty certainty = Certainty::kPossible;  ///< … and how sure that is.
    std::vector<PersonCandidate> candidates;     ///< The nearest people who are known, at most three.
    std::vector<FoundFace> seen;                 ///< Nearest first.
};

/// Thread-safe. Everything borrowed outlives it.
class FaceSearch final {
public:
    /// `model`: that measures what `reader` gives, as EnrolmentPhoto::model. Faces that another measured are
    /// not found.
    FaceSearch(
        Storage& storage,
        IndexedFaces& faces,
        GalleryCache& known_people,
        PhotoReader reader,
        std::string_view model
    )
        : storage_(storage),
          faces_(faces),
          known_people_(known_people),
          reader_(std::move(reader)),
          model_(model) {}

    /// An answer for each face in the picture, the largest first; none when there is no face. `limit`: of the
    /// stored faces with each, no further away than `reach`. Errors of the reader: kUnsupported when it is
    /// no picture.
    [[nodiscard]] Result<std::vector<FaceAnswer>> Search(
        std::string_view picture, std::size_t limit, double reach
    );

private:
    [[nodiscard]] Result<std::vector<FoundFace>> Seen(const Embedding& face, std::size_t limit, double reach);

    /// Those that are still there, nearest first.
    [[nodiscard]] Result<std::vector<FoundFace>> OfThisModel(const std::vector<NearFace>& near) const;

    Storage& storage_;
    IndexedFaces& faces_;
    GalleryCache& known_people_;
    PhotoReader reader_;
    std::string model_;
};

}  // namespace notify
