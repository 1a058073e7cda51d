// /v1/appearances, and why they have their names.

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "core/timecode.hpp"
#include "domain/ids.hpp"
#include "domain/person.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/router.hpp"
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

view::AppearanceView Show(const Appearance& a) {
    view::AppearanceView shown{
        .id = a.id.Value(),
        .item = a.item_id.Value(),
        .result = a.result_id.Value(),
        .person = a.person_id.Value(),
        .person_name = a.person_name,
        .certainty = {std::string(ToString(a.certainty))},
        .state = {std::string(ToString(RecognitionOf(a)))},
        .start_ms = a.start_ms,
        .end_ms = a.end_ms,
        .similarity = a.similarity,
        .distance = a.distance,
        .best_shot_ms = a.best_shot_ms,
        .bbox = {.x = a.box.x, .y = a.box.y, .width = a.box.width, .height = a.box.height},
        .tracks = {},
        .frame_rate = std::nullopt,
        .drop_frame = std::nullopt,
        .start_frame = FrameAt(a.start_ms, a.timebase.rate),
        .end_frame = FrameAt(a.end_ms, a.timebase.rate),
        .best_shot_frame = FrameAt(a.best_shot_ms, a.timebase.rate),
        .start_timecode = TimecodeAt(a.start_ms, a.timebase),
        .end_timecode = TimecodeAt(a.end_ms, a.timebase),
        .best_shot_timecode = TimecodeAt(a.best_shot_ms, a.timebase),
    };
    if (a.timebase.rate.IsKnown()) {
        shown.frame_rate = ToText(a.timebase.rate);
        shown.drop_frame = a.timebase.drop_frame;
    }
    for (const auto& track : a.tracks) {
        shown.tracks.push_back(track.Value());
    }
    return shown;
}

view::ExplanationView Show(const Explanation& why) {
    view::ExplanationView shown{
        .appearance = Show(why.appearance),
        .decided_by = {std::string(ToString(why.decided_by))},
        .distance = why.match.distance,
        .margin = why.match.margin,
        .thresholds =
            {.confirmed = why.threshold,
             .margin = why.limits.margin,
             .possible = why.limits.possible,
             .vote_reach = why.limits.vote_reach,
             .least_votes = why.limits.least_votes},
        .vote_share = why.vote_share,
        .votes = {},
        .runner_up = std::nullopt,
        .exemplars = {},
        .processor = why.processor,
        .lineage = why.lineage_key,
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
    if (why.runner_up) {
        shown.runner_up =
            view::RunnerUpView{.person = why.runner_up->Value(), .distance = why.runner_up_distance};
    }
    for (const auto& exemplar : why.exemplars) {
        shown.exemplars.push_back(
            {.photo = exemplar.photo.Value(), .file_name = exemplar.file_name, .distance = exemplar.distance}
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
                if (const auto item = snapshot.items.Get(filter.item_id); !item) {
                    return Unexpected(item.error());
                }
            }
            if (!request.Query("person").empty()) {
                const auto person = snapshot.people.Find(request.Query("person"));
                if (!person) {
                    return Unexpected(person.error());
                }
                filter.person_id = person->id;
            }
            return snapshot.people.Appearances(filter, page);
        });
        return Answer(request, rows, [](const Page<Appearance>& found) {
            view::AppearanceList list{.rows = {}, .next = found.next};
            for (const auto& appearance : found.rows) {
                list.rows.push_back(Show(appearance));
            }
            return list;
        });
    }

    [[nodiscard]] Response Why(const Request& request) const {
        const auto why = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Explanation> {
            const auto appearance = snapshot.people.GetAppearance(AppearanceId(request.parameters[0]));
            const auto gallery = appearance ? ReadGallery(snapshot) : Unexpected(appearance.error());
            const auto faces =
                gallery ? ReadItemFaces(snapshot, appearance->item_id) : Unexpected(gallery.error());
            const auto photos =
                faces ? snapshot.people.PhotosOf(appearance->person_id) : Unexpected(faces.error());
            return photos ? Explain(*faces, *gallery, *appearance, *photos) : Unexpected(photos.error());
        });
        return Answer(request, why, [](const Explanation& found) { return Show(found); });
    }

private:
    ApiParts parts_;
};

}  // namespace

void AddAppearanceRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<AppearanceRoutes>(parts);  // shared by the handlers below
    auto filters = PageParameters("[0-9]+:app_[0-9A-Za-z]+:itm_[0-9A-Za-z]+");
    filters.push_back({.name = "item", .description = "Id of an item."});
    filters.push_back({.name = "person", .description = "Id or name of a person."});
    router.Add(
        {.method = "GET",
         .pattern = "/v1/appearances",
         .scope = Scope::kRead,
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
