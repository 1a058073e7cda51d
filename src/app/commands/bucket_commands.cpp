// notifications-api buckets …

#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

std::string TargetOf(const CommandLine& line) {
    return "/v1/buckets/" + PercentEncoded(line.words.id);
}

Result<void> AddBucket(CommandLine& line) {
    const auto body = BucketBody(line.words);
    if (!body) {
        return Unexpected(body.error());
    }
    return line.Ask("POST", "/v1/buckets", *body, [](const value& bucket) {
        fmt::print(
            "bucket {} ({}) watches {}\n",
            Shown(bucket, "name"),
            Shown(bucket, "id"),
            Shown(bucket, "location")
        );
        if (Shown(bucket, "rules").empty()) {
            fmt::print(
                "no processor is chosen: what is in it is skipped until you run notifications-api rules add "
                "--bucket {} "
                "--processor NAME\n",
                Shown(bucket, "name")
            );
        }
    });
}

Result<void> ListBuckets(CommandLine& line) {
    return line.Ask("GET", "/v1/buckets", nullptr, [](const value& answer) {
        PrintTable(
            answer,
            {"name", "location", "active", "rules", "last_scan_at", "last_scan_note"},
            "no buckets yet: notifications-api buckets add FOLDER --processor NAME"
        );
    });
}

Result<void> ScanBucket(CommandLine& line) {
    return line.Ask("POST", TargetOf(line) + "/scan", nullptr, [](const value& scan) {
        fmt::print(
            "{} objects seen; new items: {}; changed a moment ago, so looked at again soon: {}\n",
            Shown(scan, "seen"),
            Shown(scan, "added"),
            Shown(scan, "settling")
        );
        if (!Shown(scan, "note").empty()) {
            fmt::print("{}\n", Shown(scan, "note"));
        }
    });
}

Result<void> SetActive(CommandLine& line, bool active) {
    return line.Ask("PATCH", TargetOf(line), object{{"active", active}}, [&](const value& bucket) {
        fmt::print(
            "bucket {} {}\n",
            Shown(bucket, "name"),
            active ? "is watched again"
                   : "is paused: nothing in it is noticed or processed until it is resumed"
        );
    });
}

Result<void> RemoveBucket(CommandLine& line) {
    return line.Ask("DELETE", TargetOf(line), nullptr, [&](const value&) {
        fmt::print("bucket {} is removed\n", line.words.id);
    });
}

void AddOptionsOfAdd(CLI::App& add, Words& words) {
    add.add_option("path", words.path, "The folder")->required();
    add.add_option("--name", words.name, "Its name; the folder's own when not given");
    add.add_option(
        "--processor",
        words.processors,
        fmt::format(
            "A processor that runs on everything in it: {}; may be repeated. Each makes a rule (see: rules)",
            ProcessorNames()
        )
    );
    add.add_option("--config", words.config, "Configuration of the processor, JSON");
    add.add_option("--biometric-basis", words.basis, "Why faces may be recognised here");
    add.add_option("--include", words.include, "Only keys that match this glob; may be repeated");
    add.add_option("--exclude", words.exclude, "No keys that match this glob; may be repeated");
    add.add_option("--settle-seconds", words.settle_seconds, "How long a file must not have changed (2)")
        ->check(IsSeconds);
    add.add_option(
           "--scan-seconds", words.scan_seconds, "How often the folder is scanned besides being watched (60)"
    )
        ->check(IsSeconds);
    add.add_flag("--no-publish", words.no_publish, "Do not write results beside the media");
}

}  // namespace

void AddBucketCommands(CLI::App& app, CommandLine& line) {
    auto& group = CommandLine::Group(app, "buckets", "Places that are watched");
    const auto named = [&](const std::string& name, const std::string& what, Run act) {
        line.Add(group, name, what, std::move(act))
            .add_option("bucket", line.words.id, "Id or name")
            ->required();
    };
    AddOptionsOfAdd(
        line.Add(group, "add", "Watch a folder", [&line] { return AddBucket(line); }), line.words
    );
    line.Add(group, "list", "All buckets", [&line] { return ListBuckets(line); });
    named("scan", "Scan a bucket now", [&line] { return ScanBucket(line); });
    named("pause", "Notice and process nothing in it for now", [&line] { return SetActive(line, false); });
    named("resume", "Go on", [&line] { return SetActive(line, true); });
    named("remove", "Forget a bucket that has no items", [&line] { return RemoveBucket(line); });
}

}  // namespace notify
