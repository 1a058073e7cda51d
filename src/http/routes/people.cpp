// /v1/people and /v1/appearances.

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/base64.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/person.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_people.hpp"
#include "people/person_edits.hpp"
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
        facts.person.id.Value(), facts.person.name, {}, ToRfc3339(facts.person.created_at)
    };
    for (const auto& photo : facts.photos) {
        shown.photos.push_back(
            {photo.id.Value(), photo.file_name, photo.quality, ToRfc3339(photo.created_at)}
        );
    }
    return shown;
}

view::EnrolmentView Show(const EnrolmentVerdict& verdict) {
    view::EnrolmentView shown{verdict.person.Value(), verdict.name, verdict.photos, {}, verdict.warnings};
    for (const auto& v : verdict.verdicts) {
        shown.verdicts.push_back({v.file_name, v.accepted, v.code, v.sentence});
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
        .certainty = a.certainty == Certainty::kConfirmed ? "confirmed" : "possible",
        .start_ms = a.start_ms,
        .end_ms = a.end_ms,
        .similarity = a.similarity,
        .distance = a.distance,
        .best_shot_ms = a.best_shot_ms,
        .bbox = {a.box.x, a.box.y, a.box.width, a.box.height},
        .tracks = {},
    };
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
        if (given[i].face) {
            photo.face = std::pair(given[i].face->x, given[i].face->y);
        }
        photos.push_back(std::move(photo));
    }
    return photos;
}

class PeopleRoutes {
public:
    explicit PeopleRoutes(const ApiParts& parts) : parts_(parts) {}

    Response List(const Request& request) const {
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
                    facts.push_back({person, std::move(*photos)});
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

    Response Get(const Request& request) const {
        return Answer(request, Find(request), [](const PersonFacts& f) { return Show(f); });
    }

    Response Enrol(const Request& request) const {
        return WithBody<view::NewEnrolment>(request, [&](const view::NewEnrolment& wanted) {
            if (wanted.name.empty() || wanted.photos.empty()) {
                const Error error{
                    .code = ErrorCode::kInvalidArgument, .message = "a name and at least one photo are needed"
                };
                return Problem(error, request.id, wanted.name.empty() ? "/name" : "/photos");
            }
            const auto photos = Photos(wanted.photos);
            if (!photos) {
                return Problem(photos.error(), request.id);
            }
            const auto verdict = parts_.enrol(wanted.name, *photos, request.caller.actor);
            if (verdict) {
                parts_.relabel();
                parts_.nudge();
            }
            return Answer(request, verdict, [](const EnrolmentVerdict& v) { return Show(v); }, 201);
        });
    }

    Response Rename(const Request& request) const {
        return WithBody<view::PersonChange>(request, [&](const view::PersonChange& change) {
            if (change.name.empty()) {
                return Problem(
                    {.code = ErrorCode::kInvalidArgument, .message = "the name is empty"}, request.id, "/name"
                );
            }
            const auto renamed =
                Edit(request, "person.rename", [&](Transaction& transaction, const Person& person) {
                    return RenamePerson(transaction, person.id, change.name, parts_.clock.Now());
                });
            return renamed ? Get(WithParameter(request, change.name)) : Problem(renamed.error(), request.id);
        });
    }

    Response Remove(const Request& request) const {
        const auto removed =
            Edit(request, "person.remove", [&](Transaction& transaction, const Person& person) {
                return RemovePerson(transaction, person.id, parts_.clock.Now());
            });
        return NoContent(request, removed);
    }

    Response RemovePhoto(const Request& request) const {
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

    Response Appearances(const Request& request) const {
        const auto page = PageOf(request);
        if (!page) {
            return Problem(page.error(), request.id);
        }
        const auto rows = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Page<Appearance>> {
            AppearanceFilter filter{.item_id = ItemId(std::string(request.Query("item"))), .person_id = {}};
            if (!request.Query("person").empty()) {
                const auto person = snapshot.people.Find(request.Query("person"));
                if (!person) {
                    return Unexpected(person.error());
                }
                filter.person_id = person->id;
            }
            return snapshot.people.Appearances(filter, *page);
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

    Result<PersonFacts> Find(const Request& request) const {
        return parts_.storage.Read([&](const Snapshot& snapshot) -> Result<PersonFacts> {
            auto person = snapshot.people.Find(request.parameters[0]);
            if (!person) {
                return Unexpected(person.error());
            }
            auto photos = snapshot.people.PhotosOf(person->id);
            return photos ? Result<PersonFacts>({std::move(*person), std::move(*photos)})
                          : Unexpected(photos.error());
        });
    }

    /// An audited change of one person, after which past items are compared again.
    Result<void> Edit(
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

void AddPeopleRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<PeopleRoutes>(parts);  // shared by the handlers below
    const auto person = &described::Schema<view::PersonView>;
    router.Add(
        {"GET",
         "/v1/people",
         Scope::kRead,
         "people",
         "People",
         "Who is enrolled, with their photos.",
         {},
         nullptr,
         &described::Schema<view::PersonList>,
         200,
         0,
         [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {"POST",
         "/v1/people",
         Scope::kWrite,
         "people",
         "Enrol",
         "Photos of a person, in base 64. Each is accepted or refused with its sentence: no face, a second "
         "face larger than "
         "half the largest unless `face` points at the one that is meant, too small, unlike the person's "
         "other photos. Past items get the name too.",
         {},
         &described::Schema<view::NewEnrolment>,
         &described::Schema<view::EnrolmentView>,
         201,
         kPhotoBody,
         [routes](Request& r) { return routes->Enrol(r); }}
    );
    router.Add(
        {"GET",
         "/v1/people/{person}",
         Scope::kRead,
         "people",
         "One person",
         "By id or by name.",
         {},
         nullptr,
         person,
         200,
         0,
         [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {"PATCH",
         "/v1/people/{person}",
         Scope::kWrite,
         "people",
         "Rename",
         "Holds for past items too.",
         {},
         &described::Schema<view::PersonChange>,
         person,
         200,
         1U << 20U,
         [routes](Request& r) { return routes->Rename(r); }}
    );
    router.Add(
        {"DELETE",
         "/v1/people/{person}",
         Scope::kWrite,
         "people",
         "Remove a person",
         "With photos, embeddings and appearances. The faces in videos stay, without the name.",
         {},
         nullptr,
         nullptr,
         204,
         0,
         [routes](Request& r) { return routes->Remove(r); }}
    );
    router.Add(
        {"DELETE",
         "/v1/people/{person}/photos/{photo}",
         Scope::kWrite,
         "people",
         "Remove a photo",
         "A photo that was enrolled by mistake.",
         {},
         nullptr,
         nullptr,
         204,
         0,
         [routes](Request& r) { return routes->RemovePhoto(r); }}
    );
    auto filters = kPageParameters;
    filters.push_back({"item", "Id of an item."});
    filters.push_back({"person", "Id or name of a person."});
    router.Add(
        {"GET",
         "/v1/appearances",
         Scope::kRead,
         "people",
         "Appearances",
         "A person in an item from start_ms to end_ms.",
         filters,
         nullptr,
         &described::Schema<view::AppearanceList>,
         200,
         0,
         [routes](Request& r) { return routes->Appearances(r); }}
    );
}

}  // namespace notify
