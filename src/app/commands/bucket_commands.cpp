// notifications-api buckets …

#include <cstdint>
#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>
#include <fmt/format.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/bucket_options.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/publication.hpp"

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
    return line.ShowAll("/v1/buckets", [](const value& answer) {
        auto noted = answer;
        for (auto& row : noted.at("rows").as_array()) {
            const auto pause = Shown(row, "paused");
            const auto hold = HoldOf(row);
            row.as_object()["note"] = !pause.empty() ? pause
                                      : hold.empty() ? Shown(row, "last_scan_note")
                                                     : hold;
        }
        PrintTable(
            noted,
            {"name", "location", "active", "rules", "last_scan_at", "next_scan_at", "note"},
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
        if (const auto filtered = Shown(scan, "filtered"); filtered != "0") {
            fmt::print("left out by the bucket's filters: {}\n", filtered);
        }
        if (!Shown(scan, "note").empty()) {
            fmt::print("{}\n", Shown(scan, "note"));
        }
    });
}

Result<void> TestBucket(CommandLine& line) {
    return line.Ask("POST", TargetOf(line) + "/test", nullptr, PrintTest);
}

Result<void> SetActive(CommandLine& line, bool active) {
    return line.Ask("PATCH", TargetOf(line), object{{"active", active}}, [&](const value& bucket) {
        fmt::print(
            "bucket {} {}\n",
            Shown(bucket, "name"),
            active ? "is switched on"
                   : "is switched off: nothing in it is noticed or processed until it is switched on"
        );
    });
}

Result<void> RemoveBucket(CommandLine& line) {
    return line.Ask("DELETE", TargetOf(line), nullptr, [&](const value&) {
        fmt::print("bucket {} is removed\n", line.words.id);
    });
}

Result<void> PublishBucket(CommandLine& line) {
    return line.Ask("POST", TargetOf(line) + "/publish", nullptr, [](const value& done) {
        fmt::print(
            "results of {} items are written where they are not yet; nothing to publish of {} others\n",
            Shown(done, "items"),
            Shown(done, "left_out")
        );
    });
}

Result<void> ChangeBucket(CommandLine& line) {
    auto body = BucketChangeBody(line.words);
    object there;
    if (ChangesAPart(line.words.options) || PublishingBody(line.words, {})) {
        auto known = line.Call("GET", TargetOf(line), nullptr);
        if (!known) {
            return Unexpected(known.error());
        }
        there = std::move(known->as_object());
    }
    PutBucketOptions(line.words.options, there, body);
    if (PublishingBody(line.words, {})) {
        body["publishing"] = *PublishingBody(line.words, there.at("publishing").as_object());
    }
    return body.empty() ? Fail(
                              ErrorCode::kInvalidArgument,
                              "say what to change; buckets change --help lists what can be"
                          )
                        : line.Ask("PATCH", TargetOf(line), body, PrintDocument);
}

void AddSettings(CLI::App& command, Words& words) {
    command.add_option("--include", words.include, "Only keys that match this glob; may be repeated");
    command.add_option("--exclude", words.exclude, "No keys that match this glob; may be repeated");
    command.add_option("--settle-seconds", words.settle_seconds, "How long a file must not have changed (2)")
        ->check(IsSeconds);
    command
        .add_option(
            "--scan-seconds", words.scan_seconds, "How often the folder is scanned besides being watched (60)"
        )
        ->check(IsSeconds);
    command.add_option("--weight", words.weight, "Its share of the workers beside other buckets (1)");
    command.add_option(
        "--max-in-flight",
        words.max_in_flight,
        "How many of its items are processed at a time, on all nodes (0: any number)"
    );
    AddBacklogOptions(command, words);
    command.add_flag_function(
        "--publish,!--no-publish",
        [&words](std::int64_t wanted) { words.publish = wanted > 0; },
        "Write results beside the media (it is so at first), or do not"
    );
    command.add_flag_function(
        "--restore,!--no-restore",
        [&words](std::int64_t wanted) { words.restore = wanted > 0; },
        "Restore objects that lie in the store's archive, which costs money there, or let them wait (it is "
        "so "
        "at first)"
    );
    AddBucketOptions(command, words.options);
    command.add_option(
        "--publish-format",
        words.publish_formats,
        fmt::format(
            "Write them in this format too: {}; may be repeated, '' for none",
            fmt::join(kMorePublicationWords, ", ")
        )
    );
    command.add_flag_function(
        "--publish-metadata,!--no-publish-metadata",
        [&words](std::int64_t wanted) { words.publish_metadata = wanted > 0; },
        "Give the objects of results a summary as user metadata, in a store, or do not (it is so at first)"
    );
    command.add_option(
        "--results-bucket",
        words.results_bucket,
        "Write results into this folder, or bucket of the same store, and not beside the media; '' ends that"
    );
    command.add_option(
        "--results-prefix", words.results_prefix, "What their keys begin with there (the bucket's name and /)"
    );
}

}  // namespace

void AddOptionsOfAdd(CLI::App& add, Words& words) {
    add.add_option("place", words.path, "The folder; with --source a bucket of that store, or BUCKET/PREFIX")
        ->required();
    add.add_option("--source", words.source, "The source, by id or name, that the bucket is in");
    add.add_option("--name", words.name, "Its name; the folder's own when not given");
    add.add_option(
        "--processor",
        words.processors,
        fmt::format(
            "A processor that runs on everything in it: {}; may be repeated. Each makes a rule (see: rules)",
            ProcessorNames()
        )
    );
    add.add_option("--config", words.config, "Configuration of the one processor, JSON");
    add.add_option("--biometric-basis", words.basis, "Why faces may be recognised here");
    AddSettings(add, words);
}

void AddBucketCommands(CLI::App& app, CommandLine& line) {
    auto& group = CommandLine::Group(app, "buckets", "Places that are watched");
    const auto named = [&](const std::string& name, const std::string& what, Run act) -> CLI::App& {
        auto& command = line.Add(group, name, what, std::move(act));
        command.add_option("bucket", line.words.id, "Id or name")->required();
        return command;
    };
    AddOptionsOfAdd(
        line.Add(group, "add", "Watch a folder, or a bucket of a store", [&line] { return AddBucket(line); }),
        line.words
    );
    line.Add(group, "list", "All buckets", [&line] { return ListBuckets(line); });
    named("show", "One bucket with its rules", [&line] {
        return line.Ask("GET", TargetOf(line), nullptr, PrintDocument);
    });
    auto& change = named("change", "Change what is given; the rest stays ('' empties a list)", [&line] {
        return ChangeBucket(line);
    });
    change.add_option("--name", line.words.name, "Another name");
    AddSettings(change, line.words);
    named("scan", "Scan a bucket now", [&line] { return ScanBucket(line); });
    named("test", "Try the way to a bucket, and say where it ends", [&line] { return TestBucket(line); });
    named("publish", "Write the results of everything in it, in the formats it wants now", [&line] {
        return PublishBucket(line);
    });
    named("off", "Leave it alone until it is switched on; for a while: pause", [&line] {
        return SetActive(line, false);
    });
    named("on", "Watch it again", [&line] { return SetActive(line, true); });
    named("remove", "Forget a bucket that has no items", [&line] { return RemoveBucket(line); });
}

}  // namespace notify
