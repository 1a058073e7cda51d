// /v1/people/{person}/photos/{photo}/crop.

#include "http/routes/photo_crops.hpp"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "http/api.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "people/gallery_departure.hpp"
#include "storage/artifact_store.hpp"
#include "storage/key_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

struct Crop {
    PersonId person;
    PhotoId photo;
    std::string jpeg;
};

class PhotoCropRoutes {
public:
    explicit PhotoCropRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response Get(const Request& request) const {
        auto crop = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.people.Find(request.parameters[0]).and_then([&](const Person& person) {
                return CropOf(snapshot, person.id, request.parameters[1]);
            });
        });
        // Who saw a face is noted before it is shown.
        const auto noted = crop ? parts_.storage.Write([&](Transaction& transaction) {
            return transaction.keys.AddAudit(
                {.at = parts_.clock.Now(),
                 .actor = request.caller.actor,
                 .action = "photo.read",
                 .subject = crop->person.Value(),
                 .detail = crop->photo.Value()}
            );
        })
                                : Result<void>(Unexpected(crop.error()));
        return noted ? Response{.content_type = "image/jpeg", .body = std::move(crop->jpeg)}
                     : Problem(noted.error(), request.id);
    }

private:
    [[nodiscard]] Result<Crop> CropOf(
        const Snapshot& snapshot, const PersonId& person, const std::string& id
    ) const {
        const auto photos = snapshot.people.PhotosOf(person);
        if (!photos) {
            return Unexpected(photos.error());
        }
        const auto photo =
            std::ranges::find(*photos, id, [](const EnrolmentPhoto& each) { return each.id.Value(); });
        if (photo == photos->end()) {
            return Fail(ErrorCode::kNotFound, fmt::format("person {} has no photo {}", person.Value(), id));
        }
        auto jpeg = photo->crop_sha256.empty() ? Fail(ErrorCode::kNotFound, "none was made")
                                               : parts_.artifacts.Read(snapshot, CropRef(photo->crop_sha256));
        if (!jpeg && jpeg.error().code == ErrorCode::kNotFound) {
            return Fail(ErrorCode::kNotFound, fmt::format("no picture of the face in photo {} is kept", id));
        }
        return jpeg.map([&](std::string bytes) {
            return Crop{.person = person, .photo = photo->id, .jpeg = std::move(bytes)};
        });
    }

    ApiParts parts_;
};

}  // namespace

std::string CropPath(const PersonId& person, const PhotoId& photo) {
    return fmt::format("/v1/people/{}/photos/{}/crop", person.Value(), photo.Value());
}

void AddPhotoCropRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<PhotoCropRoutes>(parts);  // shared by the handler below
    router.Add(
        {.method = "GET",
         .pattern = "/v1/people/{person}/photos/{photo}/crop",
         .scope = Scope::kBiometric,
         .tag = "people",
         .summary = "The face in a photo",
         .description = "The picture of the face that was enrolled, as a JPEG; not the whole photo, which is "
                        "not kept. 404 when none is kept: of a gallery that came without pictures, or of "
                        "who was erased. Reading it is noted in the audit.",
         .media_types = {"image/jpeg"},
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
}

}  // namespace notify
