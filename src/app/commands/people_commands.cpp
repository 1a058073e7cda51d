// notifications-api people …

#include <algorithm>
#include <cstddef>
#include <string>

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
        const auto sentence = Shown(verdict, "sentence");
        fmt::print(
            "{}: {}{}{}\n",
            Shown(verdict, "file_name"),
            verdict.at("accepted").as_bool() ? "accepted" : "refused",
            sentence.empty() ? "" : ", ",
            sentence
        );
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

Result<void> RemovePerson(CommandLine& line) {
    return line.Ask("DELETE", "/v1/people/" + PercentEncoded(line.words.id), nullptr, [&](const value&) {
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
    line.Add(
            group,
            "remove",
            "Forget a person, with photos and appearances",
            [&line] { return RemovePerson(line); }
    )
        .add_option("person", words.id, "Id or name")
        ->required();
}

}  // namespace notify
