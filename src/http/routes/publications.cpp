// /v1/buckets/{bucket}/publish and /v1/items/{item}/exports/{format}.

#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "delivery/publishing/formats.hpp"
#include "delivery/publishing/pictures.hpp"
#include "delivery/publishing/rendering.hpp"
#include "delivery/publishing/republish.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/publication.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_buckets.hpp"
#include "sources/registry.hpp"
#include "sources/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

class PublicationRoutes {
public:
    explicit PublicationRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response Publish(const Request& request) const {
        const auto now = parts_.clock.Now();
        const auto published = parts_.storage
                                   .Write([&](Transaction& transaction) {
                                       return transaction.buckets.Find(request.parameters[0])
                                           .and_then([&](const Bucket& bucket) {
                                               return transaction.keys
                                                   .AddAudit(
                                                       {.at = now,
                                                        .actor = request.caller.actor,
                                                        .action = "bucket.publish",
                                                        .subject = bucket.id.Value(),
                                                        .detail = {}}
                                                   )
                                                   .map([&] { return bucket.id; });
                                           });
                                   })
                                   .and_then([&](const BucketId& id) {
                                       return Republish(parts_.storage, id, now, request.stop);
                                   });
        parts_.nudge();
        return Answer(request, published, [](const Republished& done) {
            return view::PublishView{.items = done.items, .left_out = done.left_out};
        });
    }

    [[nodiscard]] Response Export(const Request& request) const {
        const ItemId id(request.parameters[0]);
        const auto format = FindPublicationFormat(request.parameters[1]);
        if (!format) {
            return Problem({.code = ErrorCode::kNotFound, .message = format.error().message}, request.id);
        }
        auto rendering = RenderingOf(id, format->name);
        if (rendering && !rendering->unfit.empty()) {
            rendering = Fail(ErrorCode::kUnsupported, rendering->unfit);
        }
        if (!rendering) {
            return Problem(rendering.error(), request.id);
        }
        Response response{
            .content_type = std::string(format->media_type), .body = std::move(rendering->text)
        };
        response.headers.emplace_back(
            "Content-Disposition", fmt::format("attachment; filename=\"{}{}\"", id.Value(), format->suffix)
        );
        return response;
    }

private:
    /// With links to its pictures as they are where it is published.
    [[nodiscard]] Result<Rendering> RenderingOf(const ItemId& id, std::string_view format) const {
        return parts_.storage.Read([&](const Snapshot& snapshot) {
            auto rendering = Render(snapshot, parts_.artifacts, id, format);
            if (!rendering || rendering->pictures.empty()) {
                return rendering;
            }
            const auto item = snapshot.items.Get(id);
            const auto bucket =
                item.and_then([&](const Item& of) { return snapshot.buckets.Get(of.bucket_id); });
            return bucket.and_then(
                             [&](const Bucket& in) { return parts_.sources.Find(in.kind); }
            ).map([&](const SourceConnection* source) {
                rendering->text = WithPicturesIn(PictureFolder(*source, item->key), *rendering);
                return *std::move(rendering);
            });
        });
    }

    ApiParts parts_;
};

}  // namespace

void AddPublicationRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<PublicationRoutes>(parts);  // shared by the handlers below
    router.Add(
        {.method = "POST",
         .pattern = "/v1/buckets/{bucket}/publish",
         .scope = Scope::kWrite,
         .reach = Reach::kBucket,
         .tag = "buckets",
         .summary = "Publish what is there",
         .description = "Asks for the results of every item in the formats, and at the place, that the "
                        "bucket wants now. "
                        "What "
                        "stands there already is not written again. 409 when it does not publish.",
         .answer = &described::Schema<view::PublishView>,
         .handle = [routes](Request& r) { return routes->Publish(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/items/{item}/exports/{format}",
         .scope = Scope::kRead,
         .reach = Reach::kItem,
         .tag = "items",
         .summary = "An item's results in a format",
         .description =
             "What is published in it (docs/publications.md), as it is now, whether the bucket publishes or "
             "not: "
             "notifications.json, csv, vtt, edl, avid-markers, face-search or markdown. 422 when the format "
             "has "
             "nothing "
             "to "
             "tell of the item, with the reason.",
         .media_types = {"application/json", "text/csv", "text/vtt", "text/plain", "text/markdown"},
         .handle = [routes](Request& r) { return routes->Export(r); }}
    );
}

}  // namespace notify
