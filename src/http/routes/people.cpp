// /v1/people.

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
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/person.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/person_tag.hpp"
#include "http/routes/photo_crops.hpp"
#include "http/routes/routes.hpp"
#include "http/views_people.hpp"
#include "people/person_edits.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_edits.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kPhotoBody = 48U << 20U;  // photos as base 64

struct PersonFacts {
    Person person;
    std::vector<EnrolmentPhoto> photos;
    std::vector<PersonId> merged;
    std::string tag;
};

view::PersonView Show(const PersonFacts& facts) {
    view::PersonView shown{
        .id = facts.person.id.Value(),
        .name = facts.person.name,
        .state = {std::string(
            ToString(facts.person.name.empty() ? Recognition::kNew : Recognition::kUserConfirmed)
        )},
        .hidden = facts.person.hidden,
        .consent = facts.person.consent,
        .photos = {},
        .merged = {},
        .created_at = ToRfc3339(facts.person.created_at),
        .etag = facts.tag
    };
    for (const auto& id : facts.merged) {
        shown.merged.push_back(id.Value());
    }
    for (const auto& photo : facts.photos) {
        shown.photos.push_back(
            {.id = photo.id.Value(),
             .file_name = photo.file_name,
             .quality = photo.quality,
             .crop = photo.crop_sha256.empty() ? std::nullopt
                                               : std::optional(CropPath(facts.person.id, photo.id)),
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
        const auto people = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Page<PersonFacts>> {
            auto roots = snapshot.people.Roots(PageOf(request));
            if (!roots) {
                return Unexpected(roots.error());
            }
            Page<PersonFacts> page{.rows = {}, .next = std::move(roots->next)};
            for (const auto& person : roots->rows) {
                auto one = FactsOf(snapshot, person);
                if (!one) {
                    return Unexpected(one.error());
                }
                page.rows.push_back(std::move(*one));
            }
            return page;
        });
        return Answer(request, people, [](const Page<PersonFacts>& page) {
            view::PersonList list{.rows = {}, .next = page.next};
            for (const auto& facts : page.rows) {
                list.rows.push_back(Show(facts));
            }
            return list;
        });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        const auto found = Find(request);
        auto response = Answer(request, found, [](const PersonFacts& f) { return Show(f); });
        if (found) {
            response.headers.emplace_back("ETag", found->tag);
        }
        return response;
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
            const auto verdict =
                parts_.enrol(wanted.name.text, *photos, request.caller.actor, wanted.again.value_or(false));
            if (verdict) {
                parts_.relabel();
                parts_.nudge();
            }
            return Answer(request, verdict, [](const EnrolmentVerdict& v) { return Show(v); }, 201);
        });
    }

    [[nodiscard]] Response Rename(const Request& request) const {
        return WithBody<view::PersonChange>(request, [&](const view::PersonChange& change) {
            const auto renamed = Edit(request, [&](Transaction& transaction, PeopleEdit edit) {
                edit.kind = EditKind::kRename;
                return CheckedName(change.name.text).and_then([&](std::string name) {
                    edit.name = std::move(name);
                    return MakeEdit(transaction, std::move(edit));
                });
            });
            return renamed ? Get(WithParameter(request, renamed->person.Value()))
                           : Problem(renamed.error(), request.id);
        });
    }

    [[nodiscard]] Response Remove(const Request& request) const {
        const auto told = parts_.storage.Read([&](const Snapshot& snapshot) {
            return FindNamesTold(snapshot, request.parameters[0]);
        });
        const auto erased = Edit(request, [&](Transaction& transaction, const PeopleEdit& edit) {
            return told ? ErasePerson(transaction, edit.person, edit.actor, edit.at, *told)
                        : Unexpected(told.error());
        });
        if (erased) {
            if (const auto noted = parts_.erasing.CatchUp(); !noted) {
                return Problem(
                    noted.error().Within(
                        "the person is erased, but it could not be written down for backups"
                    ),
                    request.id
                );
            }
        }
        return NoContent(request, erased.map([](const PeopleEdit&) {}));
    }

    [[nodiscard]] Response RemovePhoto(const Request& request) const {
        const auto removed =
            Edit(request, [&](Transaction& transaction, PeopleEdit edit) -> Result<PeopleEdit> {
                const auto photos = transaction.people.PhotosOf(edit.person);
                if (!photos) {
                    return Unexpected(photos.error());
                }
                for (const auto& photo : *photos) {
                    if (photo.id.Value() == request.parameters[1]) {
                        edit.kind = EditKind::kRemovePhoto;
                        edit.photos = {photo.id};
                        return MakeEdit(transaction, std::move(edit));
                    }
                }
                return Fail(
                    ErrorCode::kNotFound,
                    fmt::format("person {} has no photo {}", edit.person.Value(), request.parameters[1])
                );
            });
        return NoContent(request, removed.map([](const PeopleEdit&) {}));
    }

private:
    static Request WithParameter(Request request, const std::string& parameter) {
        request.parameters[0] = parameter;
        return request;
    }

    [[nodiscard]] static Result<PersonFacts> FactsOf(const Snapshot& snapshot, const Person& person) {
        auto photos = snapshot.people.PhotosOf(person.id);
        auto merged = snapshot.people.MergedInto(person.id);
        if (!photos || !merged) {
            return Unexpected(photos ? merged.error() : photos.error());
        }
        auto tag = TagOf(snapshot, person, *photos);
        if (!tag) {
            return Unexpected(tag.error());
        }
        return PersonFacts{
            .person = person,
            .photos = *std::move(photos),
            .merged = *std::move(merged),
            .tag = *std::move(tag)
        };
    }

    [[nodiscard]] Result<PersonFacts> Find(const Request& request) const {
        return parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.people.Find(request.parameters[0]).and_then([&](const Person& person) {
                return FactsOf(snapshot, person);
            });
        });
    }

    /// By id or name; by id also one whose enrolment is undone, who can be erased still. kNotFound.
    [[nodiscard]] static Result<PersonId> Meant(const Transaction& transaction, const std::string& text) {
        const auto person = transaction.people.Find(text);
        if (person || person.error().code != ErrorCode::kNotFound) {
            return person.map([](const Person& found) { return found.id; });
        }
        return transaction.people_edits.HasEditsOf(PersonId(text)).and_then([&](bool has) {
            return has ? Result<PersonId>(PersonId(text)) : Unexpected(person.error());
        });
    }

    /// An audited edit of one person, after which past items are compared again.
    [[nodiscard]] Result<PeopleEdit> Edit(
        const Request& request, const std::function<Result<PeopleEdit>(Transaction&, PeopleEdit)>& make
    ) const {
        auto done = parts_.storage.Write([&](Transaction& transaction) -> Result<PeopleEdit> {
            const auto person = Meant(transaction, request.parameters[0]);
            if (!person) {
                return Unexpected(person.error());
            }
            PeopleEdit edit;
            edit.at = parts_.clock.Now();
            edit.actor = request.caller.actor;
            edit.person = *person;
            auto made = CheckTag(transaction.View(), *person, request.Header("if-match")).and_then([&] {
                return make(transaction, std::move(edit));
            });
            const auto audited = made ? AuditEdit(transaction, *made) : Unexpected(made.error());
            return audited ? std::move(made) : Unexpected(audited.error());
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
         .description = "Who is known, with their photos: those with a name by name, then who has none yet. "
                        "Who was merged "
                        "into somebody is named there.",
         .query = PageParameters(""),
         .answer = &described::Schema<view::PersonList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/people",
         .scope = Scope::kPeople,
         .tag = "people",
         .summary = "Enrol",
         .description =
             "Photos of a person, in base 64. Each is accepted or refused with its sentence: no face, a "
             "second face larger than half the largest unless `face` points at the one that is meant, too "
             "small, unlike the person's other photos. Past items get the name too. Somebody who was erased "
             "is refused "
             "unless `again` is true.",
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
         .scope = Scope::kPeople,
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
         .scope = Scope::kPeople,
         .tag = "people",
         .summary = "Erase a person",
         .description =
             "With everybody who was merged into them: photos, embeddings and thumbnails of their faces, "
             "appearances, the name in events and in the log of edits. It cannot be undone; hide does not "
             "erase. When their faces were in videos stays, without the name. The receipt is in "
             "/v1/erasures.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->Remove(r); }}
    );
    router.Add(
        {.method = "DELETE",
         .pattern = "/v1/people/{person}/photos/{photo}",
         .scope = Scope::kPeople,
         .tag = "people",
         .summary = "Remove a photo",
         .description = "A photo that was enrolled by mistake.",
         .status = 204,
         .handle = [routes](Request& r) { return routes->RemovePhoto(r); }}
    );
}

}  // namespace notify
