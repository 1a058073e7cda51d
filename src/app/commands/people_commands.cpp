// notifications-api people …

#include <string>
#include <string_view>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/photo_verdicts.hpp"
#include "app/commands/printing.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

void PrintEnrolment(const value& answer) {
    for (const auto& verdict : answer.at("verdicts").as_array()) {
        if (verdict.at("accepted").as_bool()) {  // what is odd of it is a warning below
            fmt::print("{}: accepted\n", Shown(verdict, "file_name"));
        } else {
            fmt::print("{}: refused, {}\n", Shown(verdict, "file_name"), Shown(verdict, "sentence"));
        }
    }
    for (const auto& warning : answer.at("warnings").as_array()) {
        fmt::print("warning: {}\n", std::string_view(warning.as_string()));
    }
    fmt::print(
        "{} ({}) has {}\n",
        Shown(answer, "name"),
        Shown(answer, "person"),
        Counted(Shown(answer, "photos"), "photo", "photos")
    );
}

Result<void> Enrol(CommandLine& line) {
    const auto body = EnrolmentBody(line.words);
    const auto answer =
        body ? line.Call("POST", "/v1/people", *body) : Result<value>(Unexpected(body.error()));
    if (!answer) {
        return Unexpected(answer.error());
    }
    line.Show(*answer, PrintEnrolment);
    const auto refused = RefusedOf(*answer);
    return refused == 0 ? Result<void>{}
                        : Fail(
                              ErrorCode::kUnsupported,
                              fmt::format(
                                  "{} of {} refused",
                                  refused,
                                  Counted(
                                      std::to_string(answer->at("verdicts").as_array().size()),
                                      "photo was",
                                      "photos were"
                                  )
                              )
                          );
}

Result<void> ListPeople(CommandLine& line) {
    return line.ShowAll("/v1/people", [](const value& answer) {
        object shown{{"rows", array{}}};
        for (const auto& person : answer.at("rows").as_array()) {
            shown["rows"].as_array().push_back(
                object{
                    {"id", person.at("id")},
                    {"name", person.at("name")},
                    {"photos", person.at("photos").as_array().size()},
                    {"created_at", person.at("created_at")}
                }
            );
        }
        PrintTable(
            shown,
            {"id", "name", "photos", "created_at"},
            "nobody is enrolled: notifications-api people enrol NAME PHOTO…"
        );
    });
}

std::string TargetOf(const CommandLine& line) {
    return "/v1/people/" + PercentEncoded(line.words.id);
}

Result<void> RenamePerson(CommandLine& line) {
    return line.Ask("PATCH", TargetOf(line), object{{"name", line.words.name}}, [&](const value& person) {
        fmt::print("{} is {} now, in past items too\n", line.words.id, Shown(person, "name"));
    });
}

Result<void> RemovePhoto(CommandLine& line) {
    const auto target = fmt::format("{}/photos/{}", TargetOf(line), PercentEncoded(line.words.photo));
    return line.Ask("DELETE", target, nullptr, [&](const value&) {
        fmt::print("photo {} is removed; past items are compared again\n", line.words.photo);
    });
}

/// The member of an edit that takes such an id; "" when none does.
std::string_view MemberFor(std::string_view id) {
    if (id.starts_with("app_")) {
        return "appearances";
    }
    if (id.starts_with("trk_")) {
        return "tracks";
    }
    return id.starts_with("pho_") ? "photos" : "";
}

/// Makes an edit; `told` is a sentence that says what it did.
Result<void> Edit(CommandLine& line, object body, const std::string& told) {
    for (const auto& face : line.words.faces) {
        const auto member = MemberFor(face);
        if (member.empty()) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "'{}' is no id of an appearance (app_…), a track (trk_…) or a photo (pho_…)", face
                )
            );
        }
        auto& ids = body[member];
        if (!ids.is_array()) {
            ids = array{};
        }
        ids.as_array().emplace_back(face);
    }
    return line.Ask("POST", "/v1/edits", body, [&](const value& edit) {
        fmt::print("{}; to undo it: notifications-api people undo {}\n", told, Shown(edit, "id"));
        if (Shown(edit, "kind") == "split") {
            fmt::print("the new person is {}\n", Shown(edit, "person"));
        }
    });
}

Result<void> ListEdits(CommandLine& line) {
    const auto target = line.words.id.empty() ? std::string("/v1/edits")
                                              : "/v1/edits?person=" + PercentEncoded(line.words.id);
    return line.Ask("GET", target, nullptr, [](const value& answer) {
        PrintTable(
            answer,
            {"id", "at", "actor", "kind", "person", "other", "name", "outcome", "note"},
            "nobody has decided anything about people yet"
        );
    });
}

Result<void> UndoEdit(CommandLine& line) {
    return line.Ask(
        "POST",
        fmt::format("/v1/edits/{}/undo", PercentEncoded(line.words.id)),
        nullptr,
        [&](const value& undo) {
            fmt::print(
                "edit {} is undone; to bring it back: notifications-api people undo {}\n",
                line.words.id,
                Shown(undo, "id")
            );
        }
    );
}

Result<void> RemovePerson(CommandLine& line) {
    return line.Ask("DELETE", TargetOf(line), nullptr, [&](const value&) {
        fmt::print(
            "{} is erased, with photos, embeddings and appearances; past items lose the name\n"
            "`people erasures` has the receipt when nothing is left, in a few seconds\n",
            line.words.id
        );
    });
}

Result<void> ListErasures(CommandLine& line) {
    return line.ShowAll("/v1/erasures", PrintDocument);
}

/// What people decide, each of which can be undone.
// NOLINTNEXTLINE(readability-function-size): a table
void AddEditCommands(CLI::App& group, CommandLine& line) {
    auto& words = line.words;
    const auto edit = [&](const std::string& name, const std::string& what, Run act) -> CLI::App& {
        return line.Add(group, name, what, std::move(act));
    };
    const auto person = [&](CLI::App& command) {
        command.add_option("person", words.id, "Id or name")->required();
    };
    const auto faces = [&](CLI::App& command) {
        command
            .add_option("faces", words.faces, "Ids of appearances or tracks; photos too, to split or move")
            ->required();
    };
    auto& merge = edit("merge", "Two people are one: the first remains", [&line, &words] {
        object body{{"kind", "merge"}, {"person", words.id}, {"other", words.other}};
        if (words.anyway) {
            body["anyway"] = true;
        }
        return Edit(line, std::move(body), fmt::format("{} is {} now", words.other, words.id));
    });
    person(merge);
    merge.add_option("other", words.other, "Id or name of the one who is the same")->required();
    merge.add_flag("--anyway", words.anyway, "Also two who are seen at the same time");
    auto& split =
        edit("split", "Faces of a person are somebody else's, who is not known yet", [&line, &words] {
            object body{{"kind", "split"}, {"person", words.id}};
            if (!words.name.empty()) {
                body["name"] = words.name;
            }
            return Edit(
                line, std::move(body), fmt::format("{} faces are {}'s no more", words.faces.size(), words.id)
            );
        });
    person(split);
    faces(split);
    split.add_option("--name", words.name, "The new person's name");
    auto& move = edit("move", "Faces of a person are another's", [&line, &words] {
        return Edit(
            line,
            {{"kind", "move"}, {"person", words.id}, {"other", words.other}},
            fmt::format("{} faces are {}'s now", words.faces.size(), words.other)
        );
    });
    person(move);
    move.add_option("other", words.other, "Id or name of whose they are")->required();
    faces(move);
    auto& confirm = edit("confirm", "Faces are this person's", [&line, &words] {
        return Edit(
            line, {{"kind", "confirm"}, {"person", words.id}}, fmt::format("confirmed: {}", words.id)
        );
    });
    person(confirm);
    faces(confirm);
    auto& reject = edit("reject", "Faces are not this person's, and never will be", [&line, &words] {
        return Edit(
            line, {{"kind", "reject"}, {"person", words.id}}, fmt::format("rejected: not {}", words.id)
        );
    });
    person(reject);
    faces(reject);
    faces(edit("unknown", "Faces of nobody who is known", [&line] {
        return Edit(line, {{"kind", "unknown"}}, "nobody who is known");
    }));
    person(edit("hide", "Show a person nowhere", [&line, &words] {
        return Edit(line, {{"kind", "hide"}, {"person", words.id}}, fmt::format("{} is hidden", words.id));
    }));
    person(edit("unhide", "Show a person again", [&line, &words] {
        return Edit(
            line, {{"kind", "show"}, {"person", words.id}}, fmt::format("{} is shown again", words.id)
        );
    }));
    auto& consent = edit("consent", "Say where a person's consent is kept", [&line, &words] {
        return Edit(
            line,
            {{"kind", "consent"}, {"person", words.id}, {"consent", words.other}},
            fmt::format("noted for {}", words.id)
        );
    });
    person(consent);
    consent.add_option("reference", words.other, "Where it is kept, in your words")->required();
    edit("edits", "What was decided, newest first", [&line] {
        return ListEdits(line);
    }).add_option("person", words.id, "Only of this person: id or name");
    edit("undo", "Undo an edit, whenever it was made", [&line] { return UndoEdit(line); })
        .add_option("edit", words.id, "Its id: people edits lists them")
        ->required();
}

}  // namespace

void AddPeopleCommands(CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = CommandLine::Group(app, "people", "Who is recognised");
    auto& enrol = line.Add(group, "enrol", "Add photos of a person", [&line] { return Enrol(line); });
    enrol.add_option("name", words.name, "The person's name")->required();
    enrol.add_option("photos", words.photos, "Image files, or folders of them")->required();
    enrol.add_option("--face", words.face, "X,Y in pixels: which face is meant when a photo shows several");
    enrol.add_flag("--again", words.again, "Also somebody who was erased");
    line.Add(group, "list", "All people", [&line] { return ListPeople(line); });
    const auto one = [&](const std::string& name, const std::string& what, Run act) -> CLI::App& {
        auto& command = line.Add(group, name, what, std::move(act));
        command.add_option("person", words.id, "Id or name")->required();
        return command;
    };
    one("rename", "Give a person another name", [&line] { return RenamePerson(line); })
        .add_option("name", words.name, "The new name")
        ->required();
    one("remove-photo", "Take back a photo", [&line] { return RemovePhoto(line); })
        .add_option("photo", words.photo, "Its id: people show lists them")
        ->required();
    line.Add(group, "erasures", "Who was erased, with signed receipts", [&line] {
        return ListErasures(line);
    });
    one("erase", "Erase a person for ever, with photos, appearances and what was decided", [&line] {
        return RemovePerson(line);
    });
    AddFaceCommands(group, line);
    AddEditCommands(group, line);
}

}  // namespace notify
