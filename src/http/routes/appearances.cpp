// /v1/appearances, and why they have their names.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/reach.hpp"
#include "http/router.hpp"
#include "http/routes/appearance_shown.hpp"
#include "http/routes/photo_crops.hpp"
#include "http/routes/routes.hpp"
#include "http/views_people.hpp"
#include "people/explanation.hpp"
#include "people/gallery.hpp"
#include "people/item_faces.hpp"
#include "storage/item_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

view::ExplanationView Show(const Explanation& why) {
    view::ExplanationView shown{
        .appearance = ShowAppearance(why.appearance),
        .decided_by = {std::string(ToString(why.decided_by))},
        .distance = why.match.distance,
        .margin = why.match.margin,
        .thresholds =
            {.confirmed = why.match.threshold,
             .margin = why.limits.margin,
             .possible = why.limits.possible,
             .vote_reach = why.limits.vote_reach,
             .least_votes = why.limits.least_votes},
        .vote_share = why.vote_share,
        .votes = {},
        .runner_up = std::nullopt,
        .crops = {},
        .exemplars = {},
        .people = static_cast<std::int64_t>(why.people),
        .processor = why.processor,
        .lineage = why.lineage.key,
        .content_sha256 = why.lineage.content_sha256,
        .model_digest = why.lineage.model_digest,
        .embedding_model = why.lineage.embedding_model,
        .config_hash = why.lineage.config_hash,
        .gallery_version = why.gallery_version
    };
    for (const auto& vote : why.votes) {
        shown.votes.push_back(
            {.track = vote.track.Value(),
             .quality = vote.quality,
             .person = vote.nearest.Value(),
             .distance = vote.distance,
             .counts = vote.counts}
        );
    }
    for (const auto& crop : why.crops) {
        shown.crops.push_back(
            fmt::format("/v1/results/{}/artifacts/{}", why.appearance.result_id.Value(), crop)
        );
    }
    if (why.runner_up) {
        shown.runner_up =
            view::RunnerUpView{.person = why.runner_up->Value(), .distance = why.runner_up_distance};
    }
    for (const auto& exemplar : why.exemplars) {
        shown.exemplars.push_back(
            {.photo = exemplar.photo.Value(),
             .file_name = exemplar.file_name,
             .distance = exemplar.distance,
             .probability = exemplar.probability,
             .crop = exemplar.has_crop ? std::optional(CropPath(why.appearance.person_id, exemplar.photo))
                                       : std::nullopt}
        );
    }
    return shown;
}

class AppearanceRoutes {
public:
    explicit AppearanceRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto page = PageOf(request);
        const auto rows = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Page<Appearance>> {
            AppearanceFilter filter{.item_id = ItemId(std::string(request.Query("item"))), .person_id = {}};
            if (!filter.item_id.IsEmpty()) {
                const auto item = snapshot.items.Get(filter.item_id);
                if (!item) {
                    return Unexpected(item.error());
                }
                if (!Reaches(request.caller, item->bucket_id)) {
                    return NoSuch("item", filter.item_id.Value());
                }
            }
            for (const auto& [name, into] :
                 {std::pair("person", &filter.person_id), std::pair("with", &filter.together_with)}) {
                const auto wanted = request.Query(name);
                const auto person = wanted.empty() ? Result<Person>() : snapshot.people.Find(wanted);
                if (!person) {
                    return UnknownTo(request, person.error());
                }
                *into = person->id;
            }
            if (auto narrowed = Narrow(snapshot, request, filter); !narrowed) {
                return Unexpected(narrowed.error());
            }
            return snapshot.people.Appearances(filter, page);
        });
        return Answer(request, rows, [](const Page<Appearance>& found) {
            view::AppearanceList list{.rows = {}, .next = found.next};
            for (const auto& appearance : found.rows) {
                list.rows.push_back(ShowAppearance(appearance));
            }
            return list;
        });
    }

    [[nodiscard]] Response Why(const Request& request) const {
        const auto why = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Explanation> {
            const auto appearance = snapshot.people.GetAppearance(AppearanceId(request.parameters[0]));
            const auto galleries =
                appearance ? parts_.known_people.In(snapshot) : Unexpected(appearance.error());
            const auto faces =
                galleries ? ReadItemFaces(snapshot, appearance->item_id) : Unexpected(galleries.error());
            const auto photos =
                faces ? snapshot.people.PhotosOf(appearance->person_id) : Unexpected(faces.error());
            return photos ? Explain(*faces, **galleries, *appearance, *photos) : Unexpected(photos.error());
        });
        return Answer(request, why, [](const Explanation& found) { return Show(found); });
    }

private:
    /// Who is known is not for keys that are limited: to them an unknown person is one who is not seen.
    [[nodiscard]] static Result<Page<Appearance>> UnknownTo(const Request& request, const Error& error) {
        return request.caller.buckets && error.code == ErrorCode::kNotFound
                   ? Result<Page<Appearance>>(Page<Appearance>())
                   : Unexpected(error);
    }

    /// By bucket, by time and by state.
    [[nodiscard]] static Result<void> Narrow(
        const Snapshot& snapshot, const Request& request, AppearanceFilter& filter
    ) {
        if (filter.item_id.IsEmpty() || !request.Query("bucket").empty()) {
            auto bucket = BucketAsked(snapshot, request);
            if (!bucket) {
                return Unexpected(bucket.error());
            }
            filter.bucket_id = std::move(*bucket);
        }
        for (const auto& [name, to] :
             {std::pair("since", &filter.since), std::pair("until", &filter.until)}) {
            const auto text = request.Query(name);
            const auto time = text.empty() ? Result<Timestamp>(Timestamp{}) : FromRfc3339(text);
            if (!time) {
                return Unexpected(time.error().Within(name));
            }
            if (!text.empty()) {
                *to = *time;
            }
        }
        filter.proposed = request.Query("state") == "unconfirmed";
        return {};
    }

    ApiParts parts_;
};

}  // namespace

void AddAppearanceRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<AppearanceRoutes>(parts);  // shared by the handlers below
    auto filters = PageParameters("[0-9]+:app_[0-9A-Za-z]+:itm_[0-9A-Za-z]+");
    filters.push_back({.name = "item", .description = "Id of an item."});
    filters.push_back({.name = "person", .description = "Id or name of a person."});
    filters.push_back(
        {.name = "with", .description = "Id or name of somebody who is seen at the same time."}
    );
    filters.push_back({.name = "bucket", .description = "Id or name of a bucket."});
    filters.push_back({.name = "since", .description = "Of items discovered then (RFC 3339) or later."});
    filters.push_back({.name = "until", .description = "Of items discovered before this time (RFC 3339)."});
    filters.push_back(
        {.name = "state", .description = "Only what nobody has confirmed.", .words = {"unconfirmed"}}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/appearances",
         .scope = Scope::kRead,
         .reach = Reach::kOpen,
         .tag = "people",
         .summary = "Appearances",
         .description =
             "A person in an item from start_ms to end_ms. In a video with a frame rate each time is "
             "also the nearest frame, from 0, and a SMPTE timecode from the file's own start; an end is "
             "the first moment without the person.",
         .query = filters,
         .answer = &described::Schema<view::AppearanceList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/appearances/{appearance}/explain",
         .scope = Scope::kRead,
         .reach = Reach::kAppearance,
         .tag = "people",
         .summary = "Why an appearance has its name",
         .description = "What decided (a verdict of somebody, or the shots), computed again from what is "
                        "stored by the same "
                        "rules: distances, thresholds, the runner-up and the margin to it, how each shot "
                        "votes, the nearest "
                        "photos, and from which run with which models it is.",
         .answer = &described::Schema<view::ExplanationView>,
         .handle = [routes](Request& r) { return routes->Why(r); }}
    );
}

}  // namespace notify
