// notifications-api pauses …

#include <string>
#include <string_view>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>
#include <fmt/format.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "app/commands/quantities.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

Result<void> BeginPause(CommandLine& line, std::string_view of, const std::string& subject) {
    const auto& pause = line.words.pause;
    object body{{"of", of}, {"reason", pause.reason}};
    if (!subject.empty()) {
        body["subject"] = subject;
    }
    if (!pause.until.empty()) {
        body["until"] = pause.until;
    }
    if (!pause.lasts.empty()) {
        const auto seconds = ParseAge(pause.lasts);
        if (!seconds) {
            return Unexpected(seconds.error());
        }
        body["for_seconds"] = *seconds;
    }
    return line.Ask("POST", "/v1/pauses", body, [&](const value& answer) {
        if (of == "bucket") {
            fmt::print("bucket {0} is paused; go on: notifications-api buckets resume {0}\n", subject);
        } else {
            fmt::print("paused; go on: notifications-api pauses end {}\n", Shown(answer, "id"));
        }
    });
}

/// Ends the pause of the bucket itself.
Result<void> ResumeBucket(CommandLine& line) {
    const auto bucket = line.Call("GET", "/v1/buckets/" + PercentEncoded(line.words.id), nullptr);
    const auto pauses = bucket ? line.Call("GET", "/v1/pauses", nullptr) : Unexpected(bucket.error());
    if (!pauses) {
        return Unexpected(pauses.error());
    }
    for (const auto& pause : pauses->at("rows").as_array()) {
        if (Shown(pause, "of") == "bucket" && Shown(pause, "subject") == Shown(*bucket, "id")) {
            return line.Ask("DELETE", "/v1/pauses/" + Shown(pause, "id"), nullptr, [&](const value&) {
                fmt::print("bucket {} goes on\n", Shown(*bucket, "name"));
            });
        }
    }
    return Fail(
        ErrorCode::kConflict,
        fmt::format(
            "bucket {} is not paused{}",
            Shown(*bucket, "name"),
            Shown(*bucket, "active") == "true"
                ? "; what else holds it back: notifications-api pauses list"
                : fmt::format(", but switched off: notifications-api buckets on {}", Shown(*bucket, "name"))
        )
    );
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

void AddPauseOptions(CLI::App& command, PauseWords& words) {
    command.add_option("--reason", words.reason, "Why, for people")->required();
    auto* const until = command.add_option("--until", words.until, "When it ends by itself, RFC 3339");
    command.add_option("--for", words.lasts, "How long it lasts: 30m, 2h, 7d")->check(IsAge)->excludes(until);
}

void AddBucketPauses(const CLI::App& app, CommandLine& line) {
    auto& buckets = *app.get_subcommand("buckets");
    auto& words = line.words;
    auto& pause = line.Add(buckets, "pause", "Notice and process nothing in it for now", [&line] {
        return BeginPause(line, "bucket", line.words.id);
    });
    pause.add_option("bucket", words.id, "Id or name")->required();
    AddPauseOptions(pause, words.pause);
    line.Add(buckets, "resume", "End its pause", [&line] { return ResumeBucket(line); })
        .add_option("bucket", words.id, "Id or name")
        ->required();
}

}  // namespace

void AddPauseCommands(CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = CommandLine::Group(app, "pauses", "What is held back, by whom and why");
    line.Add(group, "list", "Those in force", [&line] { return ListPauses(line); });
    auto& begin = line.Add(
        group, "begin", "Hold back everything, a source, a bucket, or a node (which is drained)", [&line] {
            return BeginPause(line, line.words.pause.of, line.words.pause.subject);
        }
    );
    begin.add_option("of", words.pause.of, "everything, source, bucket or node")
        ->required()
        ->check(CLI::IsMember({"everything", "source", "bucket", "node"}));
    begin.add_option(
        "subject",
        words.pause.subject,
        "Which: id or name of the source or the bucket, name or host of the node"
    );
    AddPauseOptions(begin, words.pause);
    AddBucketPauses(app, line);
    line.Add(group, "end", "Go on", [&line] { return EndPause(line); })
        .add_option("pause", words.id, "Its id")
        ->required();
}

}  // namespace notify
