// notifications-api people …

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
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

/// Photos that the person does not have afterwards: a photo that was there before is no failure.
std::ptrdiff_t Refused(const value& answer) {
    return std::ranges::count_if(answer.at("verdicts").as_array(), [](const value& verdict) {
        return !verdict.at("accepted").as_bool() && Shown(verdict, "code") != "same_photo";
    });
}

Result<void> Enrol(CommandLine& line) {
    const auto body = EnrolmentBody(line.words);
    const auto answer =
        body ? line.Call("POST", "/v1/people", *body) : Result<value>(Unexpected(body.error()));
    if (!answer) {
        return Unexpected(answer.error());
    }
    line.Show(*answer, PrintEnrolment);
    const auto refused = Refused(*answer);
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
    return line.Ask("GET", "/v1/people", nullptr, [](const value& answer) {
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

Result<void> RemovePerson(CommandLine& line) {
    return line.Ask("DELETE", TargetOf(line), nullptr, [&](const value&) {
        fmt::print(
            "{} is removed, with photos, embeddings and appearances; past items lose the name\n",
            line.words.id
        );
    });
}

}  // namespace

void AddPeopleCommands(CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = CommandLine::Group(app, "people", "Who is recognised");
    auto& enrol = line.Add(group, "enrol", "Add photos of a person", [&line] { return Enrol(line); });
    enrol.add_option("name", words.name, "The person's name")->required();
    enrol.add_option("photos", words.photos, "Image files, or folders of them")->required();
    enrol.add_option("--face", words.face, "X,Y in pixels: which face is meant when a photo shows several");
    line.Add(group, "list", "All people", [&line] { return ListPeople(line); });
    const auto one = [&](const std::string& name, const std::string& what, Run act) -> CLI::App& {
        auto& command = line.Add(group, name, what, std::move(act));
        command.add_option("person", words.id, "Id or name")->required();
        return command;
    };
    one("show", "One person, with the ids of the photos", [&line] {
        return line.Ask("GET", TargetOf(line), nullptr, PrintDocument);
    });
    one("rename", "Give a person another name", [&line] { return RenamePerson(line); })
        .add_option("name", words.name, "The new name")
        ->required();
    one("remove-photo", "Take back a photo", [&line] { return RemovePhoto(line); })
        .add_option("photo", words.photo, "Its id: people show lists them")
        ->required();
    one("remove", "Forget a person, with photos and appearances", [&line] { return RemovePerson(line); });
}

}  // namespace notify
