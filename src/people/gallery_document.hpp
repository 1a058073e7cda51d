#pragma once

// Enrolled people as they move to another installation: what a gallery file says once it is open. Pure.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "domain/person.hpp"

namespace notify {

/// Of one document, as it is written and as it is taken in.
inline constexpr std::size_t kMostGalleryPeople = 10'000;
inline constexpr std::size_t kMostGalleryPhotos = 10'000;

struct MovedPhoto {
    std::string file_name;
    std::string sha256;  ///< Of the photo's bytes.
    std::string model;   ///< As EnrolmentPhoto::model.
    Embedding embedding{};
    Box box;
    double quality = 0;  ///< 0 … 1.
    std::string crop;    ///< JPEG of the face; empty when there is none.
};

struct MovedPerson {
    std::string name;     ///< Of nobody else of the gallery.
    std::string consent;  ///< Where it is kept, in the operator's words.
    bool hidden = false;
    std::vector<MovedPhoto> photos;  ///< One at least.
};

/// JSON, with embeddings and crops in base 64.
[[nodiscard]] std::string ToJson(const MovedPerson& person);

/// The document of these people, each as ToJson gave it.
[[nodiscard]] std::string ToGalleryDocument(const std::vector<std::string>& people);

/// Takes nothing as it is, since whoever knows a passphrase may have written it: names are names, digests
/// digests, embeddings of length 1, crops JPEG. kInvalidArgument with the first thing that is wrong;
/// kTooLarge for more people or photos than it may have, before they are looked at.
[[nodiscard]] Result<std::vector<MovedPerson>> FromGalleryDocument(std::string_view document);

}  // namespace notify
