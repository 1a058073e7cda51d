// /v1/people and /v1/appearances.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/base64.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/timecode.hpp"
#include "domain/person.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_people.hpp"
#include "people/person_edits.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kPhotoBody = 48U << 20U;  // photos as base 64

struct PersonFacts {
    Person person;
    std::vector<EnrolmentPhoto> photos;
};

view::PersonView Show(const PersonFacts& facts) {
    view::PersonView shown{
        .id = facts.person.id.Value(),
        .name = facts.person.name,
        .photos = {},
        .created_at = ToRfc3339(facts.person.created_at)
    };
    for (const auto& photo : facts.photos) {
        shown.photos.push_back(
            {.id = photo.id.Value(),
             .file_name = photo.file_name,
             .quality = photo.quality,
             .created_at = ToRfc3339(photo.created_at)}
        );
    }
    return shown;
}

view::EnrolmentView Show(const EnrolmentVerdict& verdict) {
    view::EnrolmentView shown{
        .person = verdict.person.Value(),
        .name = verdict.name,
        .photos = verdict.photos,
        .verdicts = {},
        .warnings = verdict.warnings
    };
    for (const auto& v : verdict.verdicts) {
        shown.verdicts.push_back(
            {.file_name = v.file_name, .accepted = v.accepted, .code = v.code, .sentence = v.sentence}
        );
    }
    return shown;
}

view::AppearanceView Show(const Appearance& a) {
    view::AppearanceView shown{
        .id = a.id.Value(),
        .item = a.item_id.Value(),
        .result = a.result_id.Value(),
        .person = a.person_id.Value(),
        .person_name = a.person_name,
        .certainty = {std::string(ToString(a.certainty))},
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

Result<std::vector<UploadedPhoto>> Photos(const std::vector<view::NewPhoto>& given) {
    std::vector<UploadedPhoto> photos;
    for (std::size_t i = 0; i < given.size(); ++i) {
        auto bytes = FromBase64(given[i].base64);
        if (!bytes) {
            return Unexpected(bytes.error().Within(fmt::format("/photos/{}/base64", i)));
        }
        UploadedPhoto photo{
            .file_name = given[i].file_name, .bytes = std::move(*bytes), .face = std::nullopt
        };
        if (const auto& face = given[i].face) {
            photo.face = std::pair(face->x, face->y);
        }
        photos.push_back(std::move(photo));
    }
    return photos;
}

class PeopleRoutes {
public:
    explicit PeopleRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto people =
            parts_.storage.Read([](const Snapshot& snapshot) -> Result<std::vector<PersonFacts>> {
                const auto persons = snapshot.people.List();
                if (!persons) {
                    return Unexpected(persons.error());
                }
                std::vector<PersonFacts> facts;
                for (const auto& person : *persons) {
                    auto photos = snapshot.people.PhotosOf(person.id);
                    if (!photos) {
                        return Unexpected(photos.error());
                    }
                    facts.push_back({.person = person, .photos = std::move(*photos)});
                }
                return facts;
            });
        return Answer(request, people, [](const std::vector<PersonFacts>& rows) {
            view::PersonList list;
            for (const auto& facts : rows) {
                list.rows.push_back(Show(facts));
            }
            return list;
        });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        return Answer(request, Find(request), [](const PersonFacts& f) { return Show(f); });
    }

    [[nodiscard]] Response Enrol(const Request& request) const {
        return WithBody<view::NewEnrolment>(request, [&](const view::NewEnrolment& wanted) {
            if (wanted.photos.empty()) {
                const Error error{
                    .code = ErrorCode::kInvalidArgument, .message = "at least one photo is needed"
                };
                return Problem(error, request.id, "/photos");
            }
            const auto photos = Photos(wanted.photos);
            if (!photos) {
                return Problem(photos.error(), request.id);
            }
            const auto verdict = parts_.enrol(wanted.name.text, *photos, request.caller.actor);
            if (verdict) {
                parts_.relabel();
                parts_.nudge();
            }
            return Answer(request, verdict, [](const EnrolmentVerdict& v) { return Show(v); }, 201);
        });
    }

    [[nodiscard]] Response Rename(const Request& request) const {
        return WithBody<view::PersonChange>(request, [&](const view::PersonChange& change) {
            const auto renamed =
                Edit(request, "person.rename", [&](Transaction& transaction, const Person& person) {
                    return RenamePerson(transaction, person.id, change.name.text, parts_.clock.Now());
                });
            return renamed ? Get(WithParameter(request, change.name.text))
                           : Problem(renamed.error(), request.id);
        });
    }

    [[nodiscard]] Response Remove(const Request& request) const {
        const auto removed =
            Edit(request, "person.remove", [&](Transaction& transaction, const Person& person) {
                return RemovePerson(transaction, person.id, parts_.clock.Now());
            });
        return NoContent(request, removed);
    }

    [[nodiscard]] Response RemovePhoto(const Request& request) const {
        const auto removed = Edit(
            request,
            "person.remove_photo",
            [&](Transaction& transaction, const Person& person) -> Result<void> {
                const auto photos = transaction.people.PhotosOf(person.id);
                if (!photos) {
                    return Unexpected(photos.error());
                }
                for (const auto& photo : *photos) {
                    if (photo.id.Value() == request.parameters[1]) {
                        return transaction.people.RemovePhoto(photo.id);
                    }
                }
                return Fail(
                    ErrorCode::kNotFound,
                    fmt::format("{} has no photo {}", person.name, request.parameters[1])
                );
            }
        );
        return NoContent(request, removed);
    }

    [[nodiscard]] Response Appearances(const Request& request) const {
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

private:
    static Request WithParameter(Request request, const std::string& parameter) {
        request.parameters[0] = parameter;
        return request;
    }

    [[nodiscard]] Result<PersonFacts> Find(const Request& request) const {
        return parts_.storage.Read([&](const Snapshot& snapshot) -> Result<PersonFacts> {
            auto person = snapshot.people.Find(request.parameters[0]);
            if (!person) {
                return Unexpected(person.error());
            }
            auto photos = snapshot.people.PhotosOf(person->id);
            return photos ? Result<PersonFacts>({.person = std::move(*person), .photos = std::move(*photos)})
                          : Unexpected(photos.error());
        });
    }

    /// An audited change of one person, after which past items are compared again.
    [[nodiscard]] Result<void> Edit(
        const Request& request,
        std::string_view action,
        const std::function<Result<void>(Transaction&, const Person&)>& change
    ) const {
        auto done = parts_.storage.Write([&](Transaction& transaction) -> Result<void> {
            const auto person = transaction.people.Find(request.parameters[0]);
            if (!person) {
                return Unexpected(person.error());
            }
            return change(transaction, *person).and_then([&] {
                return transaction.keys.AddAudit({
                    .at = parts_.clock.Now(),
                    .actor = request.caller.actor,
                    .action = std::string(action),
                    .subject = person->id.Value(),
                    .detail = {},
                });
            });
        });
        if (done) {
            parts_.relabel();
        }
        return done;
    }

    ApiParts parts_;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddPeopleRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<PeopleRoutes>(parts);  // shared by the handlers below
    const auto person = &described::Schema<view::PersonView>;
    router.Add(
        {.method = "GET",
         .pattern = "/v1/people",
         .scope = Scope::kRead,
         .tag = "people",
         .summary = "People",
         .description = "Who is enrolled, with their photos.",
         .answer = &described::Schema<view::PersonList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/people",
         .scope = Scope::kWrite,
         .tag = "people",
         .summary = "Enrol",
         .description =
             "Photos of a person, in base 64. Each is accepted or refused with its sentence: no face, a "
             "second face larger than half the largest unless `face` points at the one that is meant, too "
             "small, unlike the person's other photos. Past items get the name too.",
         .body = &described::Schema<view::NewEnrolment>,
         .max_body = kPhotoBody,
         .answer = &described::Schema<view::EnrolmentView>,
         .status = 201,
         .handle = [routes](Request& r) { return routes->Enrol(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/people/{person}",
         .scope = Scope::kRead,
         .tag = "people",
         .summary = "One person",
         .description = "By id or by name.",
         .answer = person,
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {.method = "PATCH",
         .pattern = "/v1/people/{person}",
         .scope = Scope::kWrite,
         .tag = "people",
         .summary = "Rename",
         .description = "Holds for past items too.",
         .body = &described::Schema<view::PersonChange>,
         .answer = person,
         .handle = [routes](Request& r) { return routes->Rename(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/people/{person}",
         .scope = Scope::kWrite,
         .tag = "people",
         .summary = "Remove a person",
         .description =
             "With photos, embeddings and appearances. The faces in videos stay, without the name.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->Remove(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/people/{person}/photos/{photo}",
         .scope = Scope::kWrite,
         .tag = "people",
         .summary = "Remove a photo",
         .description = "A photo that was enrolled by mistake.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->RemovePhoto(r); }}
    );
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
         .handle = [routes](Request& r) { return routes->Appearances(r); }}
    );
}

}  // namespace notify
