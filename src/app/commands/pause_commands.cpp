// notifications-api pauses …

#include <chrono>
#include <string>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "app/commands/quantities.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

Result<void> BeginPause(CommandLine& line) {
    const auto& pause = line.words.pause;
    object body{{"of", pause.of}, {"reason", pause.reason}};
    if (!pause.subject.empty()) {
        body["subject"] = pause.subject;
    }
    if (!pause.until.empty()) {
        body["until"] = pause.until;
    }
    if (!pause.lasts.empty()) {
        const auto seconds = ParseAge(pause.lasts);
        if (!seconds) {
            return Unexpected(seconds.error());
        }
        body["until"] = ToRfc3339(SystemClock().Now() + std::chrono::seconds(*seconds));
    }
    return line.Ask("POST", "/v1/pauses", body, [](const value& answer) {
        fmt::print("paused; go on: notifications-api pauses end {}\n", Shown(answer, "id"));
    });
}

Result<void> ListPauses(CommandLine& line) {
    return line.Ask("GET", "/v1/pauses", nullptr, [](const value& answer) {
        PrintTable(answer, {"id", "of", "subject", "since", "until", "actor", "reason"}, "nothing is paused");
    });
}

Result<void> EndPause(CommandLine& line) {
    return line.Ask("DELETE", "/v1/pauses/" + PercentEncoded(line.words.id), nullptr, [](const value&) {
        fmt::print("it goes on\n");
    });
}

}  // namespace

void AddPauseCommands(CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = CommandLine::Group(app, "pauses", "What is held back, by whom and why");
    line.Add(group, "list", "Those in force", [&line] { return ListPauses(line); });
    auto& begin =
        line.Add(group, "begin", "Hold back everything, a source, or a node (which is drained)", [&line] {
            return BeginPause(line);
        });
    begin.add_option("of", words.pause.of, "everything, source or node")
        ->required()
        ->check(CLI::IsMember({"everything", "source", "node"}));
    begin.add_option(
        "subject", words.pause.subject, "Which: id or name of the source, name or host of the node"
    );
    begin.add_option("--reason", words.pause.reason, "Why, for people")->required();
    auto* const until = begin.add_option("--until", words.pause.until, "When it ends by itself, RFC 3339");
    begin.add_option("--for", words.pause.lasts, "How long it lasts: 30m, 2h, 7d")
        ->check(IsAge)
        ->excludes(until);
    line.Add(group, "end", "Go on", [&line] { return EndPause(line); })
        .add_option("pause", words.id, "Its id")
        ->required();
}

}  // namespace notify
