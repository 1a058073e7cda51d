// /v1/edits: what was decided about people, and undoing it.

#include "storage/people_edits.hpp"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/erasure.hpp"
#include "domain/ids.hpp"
#include "domain/people_edit.hpp"
#include "domain/person.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/router.hpp"
#include "http/routes/edit_asked.hpp"
#include "http/routes/routes.hpp"
#include "http/views_people.hpp"
#include "people/person_edits.hpp"
#include "storage/erasure_repository.hpp"
#include "storage/people_edit_repository.hpp"
#include "storage/people_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

template <class Id>
std::vector<std::string> Texts(const std::vector<Id>& ids) {
    std::vector<std::string> texts;
    texts.reserve(ids.size());
    for (const auto& id : ids) {
        texts.push_back(id.Value());
    }
    return texts;
}

view::EditView Show(const PeopleEdit& edit) {
    return {
        .id = edit.id.Value(),
        .sequence = edit.sequence,
        .at = ToRfc3339(edit.at),
        .actor = edit.actor,
        .kind = {std::string(ToString(edit.kind))},
        .person = edit.person.Value(),
        .other = edit.other.Value(),
        .name = edit.name,
        .consent = edit.text,
        .photos = Texts(edit.photos),
        .tracks = Texts(edit.tracks),
        .undoes = edit.undoes.Value(),
        .outcome = {std::string(ToString(edit.outcome))},
        .note = edit.note
    };
}

class EditRoutes {
public:
    explicit EditRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto page = PageOf(request);
        const auto rows = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Page<PeopleEdit>> {
            PersonId of;
            if (const auto asked = request.Query("person"); !asked.empty()) {
                const auto person = snapshot.people.Find(asked);
                // of somebody who is erased there are edits still
                of = person ? person->id : PersonId(std::string(asked));
            }
            return snapshot.people_edits.List(of, page);
        });
        return Answer(request, rows, [](const Page<PeopleEdit>& found) {
            view::EditList list{.rows = {}, .next = found.next};
            for (const auto& edit : found.rows) {
                list.rows.push_back(Show(edit));
            }
            return list;
        });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        const auto edit = parts_.storage.Read([&](const Snapshot& snapshot) {
            return snapshot.people_edits.Get(EditId(request.parameters[0]));
        });
        return Answer(request, edit, [](const PeopleEdit& found) { return Show(found); });
    }

    [[nodiscard]] Response Make(const Request& request) const {
        return WithBody<view::NewEdit>(request, [&](const view::NewEdit& wanted) {
            return Done(request, [&](Transaction& transaction) -> Result<PeopleEdit> {
                auto edit = ReadEdit(transaction, request, wanted, parts_.clock.Now());
                if (edit && edit->kind == EditKind::kMerge && !wanted.anyway.value_or(false)) {
                    if (auto one = CheckOne(transaction.View(), edit->person, edit->other); !one) {
                        return Unexpected(one.error());
                    }
                }
                return edit ? MakeEdit(transaction, std::move(*edit)) : edit;
            });
        });
    }

    [[nodiscard]] Response Undo(const Request& request) const {
        return Done(request, [&](Transaction& transaction) {
            return UndoEdit(
                transaction, EditId(request.parameters[0]), request.caller.actor, parts_.clock.Now()
            );
        });
    }

private:
    /// Whether the undo erased what went back to somebody who is erased.
    [[nodiscard]] static Result<bool> HasErased(const Transaction& transaction, const PeopleEdit& made) {
        if (made.kind != EditKind::kUndo) {
            return false;
        }
        return transaction.erasures.List().map([&](const std::vector<Erasure>& all) {
            return std::ranges::find(all, made.id, &Erasure::id) != all.end();
        });
    }

    /// An edit, audited, after which past items are compared again.
    template <class Function>
    [[nodiscard]] Response Done(const Request& request, const Function& function) const {
        bool erased_more = false;
        const auto edit = parts_.storage.Write([&](Transaction& transaction) -> Result<PeopleEdit> {
            auto made = function(transaction);
            const auto erased = made ? HasErased(transaction, *made) : Unexpected(made.error());
            if (!erased) {
                return Unexpected(erased.error());
            }
            erased_more = *erased;
            const auto audited = AuditEdit(transaction, *made);
            return audited ? std::move(made) : Unexpected(audited.error());
        });
        if (edit) {
            parts_.relabel();
        }
        if (edit && erased_more) {
            if (const auto noted = parts_.erasing.CatchUp(); !noted) {
                return Problem(
                    noted.error().Within(
                        "the edit is undone, but what was erased with it could not be written down for "
                        "backups"
                    ),
                    request.id
                );
            }
        }
        return Answer(request, edit, [](const PeopleEdit& made) { return Show(made); }, 201);
    }

    ApiParts parts_;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddPeopleEditRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<EditRoutes>(parts);  // shared by the handlers below
    const auto edit = &described::Schema<view::EditView>;
    auto filters = PageParameters("[0-9]+");
    filters.push_back({.name = "person", .description = "Id or name of a person."});
    router.Add(
        {.method = "GET",
         .pattern = "/v1/edits",
         .scope = Scope::kRead,
         .tag = "people",
         .summary = "Edits of people",
         .description =
             "Who decided what about people, and when, newest first. One that is a no_op lost what it was "
             "about when an earlier one was undone: its note says what.",
         .query = filters,
         .answer = &described::Schema<view::EditList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/edits",
         .scope = Scope::kPeople,
         .tag = "people",
         .summary = "Edit people",
         .description =
             "One decision: rename (person, name; a name for somebody unknown is a rename too), confirm and "
             "reject (person, appearances or tracks), unknown (appearances or tracks of nobody who is "
             "known, or a person without a name: all of their faces), "
             "merge (person, other: the two are one; the named one of a named and an unknown one remains; "
             "refused of two who are seen at the same time, unless `anyway`), "
             "split (person, of whom appearances, tracks or photos become a new one; name), move (person, "
             "other "
             "who gets them), hide, show, consent (person, consent). With If-Match (a person's etag) it is "
             "refused when the person has changed. Past items follow at once in the background. Enrolling "
             "and "
             "erasing have routes of their own.",
         .body = &described::Schema<view::NewEdit>,
         .answer = edit,
         .status = 201,
         .handle = [routes](Request& r) { return routes->Make(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/edits/{edit}",
         .scope = Scope::kRead,
         .tag = "people",
         .summary = "One edit",
         .description = "What was decided, and what has become of it.",
         .answer = edit,
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/edits/{edit}/undo",
         .scope = Scope::kPeople,
         .tag = "people",
         .summary = "Undo an edit",
         .description =
             "Whenever it was made: people are afterwards as if it never had been. Later edits that lose "
             "what "
             "they are about by it do nothing any more and say so. Undoing the undo brings it back. Only an "
             "erasure cannot be undone, and photos that the undo gives back to somebody who is erased: they "
             "are "
             "erased with it, and /v1/erasures has it under the undo's id.",
         .answer = edit,
         .status = 201,
         .handle = [routes](Request& r) { return routes->Undo(r); }}
    );
}

}  // namespace notify
