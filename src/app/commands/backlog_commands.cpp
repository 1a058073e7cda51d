// notifications-api buckets import, buckets preview, items import, items rerun: what is in buckets already.

#include <array>
#include <cstddef>
#include <cstdint>
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
#include "app/commands/printing.hpp"
#include "core/csv.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

constexpr std::size_t kMostBytes = 1U << 30U;  // of a file of keys
constexpr std::size_t kRowsPerRequest = 10'000;
constexpr std::array<std::string_view, 1> kRequired{"key"};
constexpr std::array<std::string_view, 2> kOptional{"version", "at"};

void PrintRefused(const array& refused) {
    for (const auto& row : refused) {
        fmt::print("line {}: {}\n", Shown(row, "line"), Shown(row, "sentence"));
    }
}

/// The command did not do all of it.
Result<void> SomeRefused(std::size_t count) {
    return count == 0 ? Result<void>{}
                      : Fail(
                            ErrorCode::kInvalidArgument,
                            fmt::format(
                                "{} refused; correct {} and import the file again",
                                Counted(std::to_string(count), "line was", "lines were"),
                                count == 1 ? "it" : "them"
                            )
                        );
}

Result<void> ImportBuckets(CommandLine& line) {
    auto text = ReadFile(line.words.path);
    if (!text) {
        return Unexpected(text.error());
    }
    object body{{"csv", *std::move(text)}};
    if (auto backlog = BacklogBody(line.words)) {
        body["backlog"] = *std::move(backlog);
    }
    if (!line.words.basis.empty()) {
        body["biometric_basis"] = line.words.basis;
    }
    const auto answer = line.Call("POST", "/v1/buckets/import", body);
    if (!answer) {
        return Unexpected(answer.error());
    }
    line.Show(*answer, [](const value& shown) {
        fmt::print(
            "{} added, in {}; {} there already\n",
            Counted(Shown(shown, "made"), "bucket", "buckets"),
            Counted(Shown(shown, "sources_made"), "new source", "new sources"),
            Counted(Shown(shown, "unchanged"), "was", "were")
        );
        PrintRefused(shown.at("refused").as_array());
    });
    return SomeRefused(answer->at("refused").as_array().size());
}

std::string Gigabytes(const value& row) {
    return fmt::format("{:.1f} GB", row.at("bytes").to_number<double>() / 1e9);
}

void PrintPreview(const value& preview) {
    fmt::print("{} objects, {}\n", Shown(preview, "objects"), Gigabytes(preview));
    if (!Shown(preview, "sentence").empty()) {
        fmt::print("  {}\n", Shown(preview, "sentence"));
    }
    fmt::print("\nby extension\n");
    for (const auto& row : preview.at("extensions").as_array()) {
        const auto name = Shown(row, "extension");
        fmt::print(
            "  {:<10} {:>10}  {}\n", name.empty() ? "(none)" : name, Shown(row, "objects"), Gigabytes(row)
        );
    }
    fmt::print("\nskipped\n");
    for (const auto& row : preview.at("skipped").as_array()) {
        fmt::print(
            "  {:<16} {:>10}  {}  {}\n",
            Shown(row, "code"),
            Shown(row, "objects"),
            Gigabytes(row),
            Shown(row, "sentence")
        );
    }
    fmt::print("\nwork\n");
    for (const auto& row : preview.at("work").as_array()) {
        fmt::print(
            "  {}: {} objects, {}, {:.1f} h of one worker ({})\n",
            Shown(row, "processor"),
            Shown(row, "objects"),
            Gigabytes(row),
            row.at("hours").to_number<double>(),
            Shown(row, "basis")
        );
    }
    fmt::print(
        "\nall workers together need about {:.1f} h\n", preview.at("estimated_hours").to_number<double>()
    );
}

Result<void> PreviewBucket(CommandLine& line) {
    const auto body = BucketBody(line.words);
    return body ? line.Ask("POST", "/v1/buckets/preview", *body, PrintPreview) : Unexpected(body.error());
}

/// Answers of several requests added up.
void AddUp(object& sum, const value& answer, std::int64_t first_row, const CsvTable& table) {
    for (const auto* member : {"marked", "unchanged", "items", "running", "processed"}) {
        auto& total = sum[member];
        total = (total.is_null() ? 0 : total.as_int64()) + answer.at(member).as_int64();
    }
    for (const auto& row : answer.at("refused").as_array()) {
        const auto index = static_cast<std::size_t>(first_row + row.at("line").as_int64() - 1);
        sum["refused"].as_array().push_back(
            object{{"line", table.Rows().at(index).line}, {"sentence", row.at("sentence")}}
        );
    }
}

array RowsOf(const CsvTable& table, std::size_t from) {
    array rows;
    for (auto i = from; i < table.Rows().size() && i < from + kRowsPerRequest; ++i) {
        const auto& row = table.Rows()[i];
        object shown{{"key", table.WholeField(row, "key")}};
        for (const auto column : kOptional) {
            if (const auto field = table.Field(row, column); !field.empty()) {
                shown[column] = field;
            }
        }
        rows.push_back(std::move(shown));
    }
    return rows;
}

void PrintDone(const value& shown, bool undo) {
    fmt::print(
        "{} {}; unchanged: {}; items {}: {}; left alone because they run: {}, because they ended here: {}\n",
        Counted(Shown(shown, "marked"), "key", "keys"),
        undo ? "no longer marked as done elsewhere" : "marked as done elsewhere",
        Shown(shown, "unchanged"),
        undo ? "taken up again" : "skipped",
        Shown(shown, "items"),
        Shown(shown, "running"),
        Shown(shown, "processed")
    );
    PrintRefused(shown.at("refused").as_array());
}

/// A key with a comma that nobody quoted would be another key, which would be skipped without a word.
Result<void> CheckWhole(const CsvTable& table, const std::string& file) {
    for (const auto& row : table.Rows()) {
        if (table.IsTooLong(row)) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "{}: line {} has more fields than the first line names; quote a key that has a comma in "
                    "it. "
                    "Nothing was marked",
                    file,
                    row.line
                )
            );
        }
    }
    return {};
}

Result<void> ImportDone(CommandLine& line) {
    const auto& words = line.words;
    const auto text = ReadFile(words.backlog.done_file, kMostBytes);
    const auto table =
        text.and_then([](const std::string& read) { return CsvTable::Read(read, kRequired, kOptional); });
    if (!table) {
        return Unexpected(text ? table.error().Within(words.backlog.done_file) : table.error());
    }
    if (auto whole = CheckWhole(*table, words.backlog.done_file); !whole) {
        return whole;
    }
    object sum{{"refused", array()}};
    const auto target = fmt::format("/v1/buckets/{}/done", PercentEncoded(words.bucket));
    std::size_t from = 0;
    do {
        object body{
            {"rows", RowsOf(*table, from)},
            {"percent_encoded", words.backlog.percent_encoded},
            {"undo", words.backlog.undo}
        };
        if (body.at("rows").as_array().empty()) {
            return Fail(
                ErrorCode::kInvalidArgument, fmt::format("{}: has no lines", words.backlog.done_file)
            );
        }
        const auto answer = line.Call("POST", target, body);
        if (!answer) {
            return Unexpected(answer.error());
        }
        AddUp(sum, *answer, static_cast<std::int64_t>(from), *table);
        from += kRowsPerRequest;
    } while (from < table->Rows().size());
    line.Show(sum, [&](const value& shown) { PrintDone(shown, words.backlog.undo); });
    return SomeRefused(sum.at("refused").as_array().size());
}

Result<void> RerunItem(CommandLine& line) {
    const auto target = fmt::format("/v1/items/{}/rerun", PercentEncoded(line.words.id));
    return line.Ask("POST", target, nullptr, [](const value& answer) {
        fmt::print("rerun: {}\n", Counted(Shown(answer, "processes"), "process", "processes"));
    });
}

Result<void> RerunBucket(CommandLine& line) {
    const auto& words = line.words;
    object body{
        {"mode", words.backlog.mode},
        {"processors", Texts(words.processors)},
        {"baseline", words.backlog.baseline},
        {"dry_run", words.backlog.dry_run}
    };
    if (words.priority) {
        body["priority"] = *words.priority;
    }
    const auto target = fmt::format("/v1/buckets/{}/rerun", PercentEncoded(words.bucket));
    return line.Ask("POST", target, body, [&](const value& answer) {
        fmt::print(
            "{} of {}{}: {}; waiting or running already: {}; set aside: {}\n",
            Counted(Shown(answer, "items"), "item", "items"),
            Shown(answer, "looked_at"),
            words.backlog.dry_run ? " would run again" : " run again",
            Counted(Shown(answer, "processes"), "process", "processes"),
            Shown(answer, "busy"),
            Shown(answer, "set_aside")
        );
    });
}

Result<void> Rerun(CommandLine& line) {
    const auto& words = line.words;
    if (words.id.empty() && !words.status.empty()) {
        return ForAllItems(line, "rerun");
    }
    if (words.id.empty() == words.bucket.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "name either an item, or many with --status, or a bucket with --bucket and --mode"
        );
    }
    if (!words.bucket.empty() && words.backlog.mode.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "--mode: missing (no result yet), changed (another configuration or version since) or force (all)"
        );
    }
    return words.bucket.empty() ? RerunItem(line) : RerunBucket(line);
}

void AddItemsOfBacklog(CLI::App& group, CommandLine& line) {
    auto& words = line.words;
    auto& done = line.Add(group, "import", "Mark what an earlier system has done", [&line] {
        return ImportDone(line);
    });
    done.add_option("--done", words.backlog.done_file, "CSV file with the columns key, version, at")
        ->required();
    done.add_option("--bucket", words.bucket, "Id or name of the bucket that the keys are in")->required();
    done.add_flag(
        "--percent-encoded", words.backlog.percent_encoded, "Keys are written as S3 Inventory does"
    );
    done.add_flag("--undo", words.backlog.undo, "Take these marks back");

    auto& rerun = line.Add(group, "rerun", "Run an item again, or what is in a bucket", [&line] {
        return Rerun(line);
    });
    rerun.add_option("item", words.id, "Id of one item");
    rerun.add_option("--status", words.status, "All that are Failed, Cancelled, Skipped or Completed …");
    rerun.add_option("--bucket", words.bucket, "… in this bucket, by id or name; or with --mode instead");
    rerun.add_option("--key", words.key, "… with this part in their key");
    rerun.add_option("--mode", words.backlog.mode, "missing, changed or force");
    rerun.add_option("--processor", words.processors, "Only this one; may be repeated");
    rerun.add_option("--priority", words.priority, "Of the new runs, -1000 to 1000; higher goes first");
    rerun.add_flag("--baseline", words.backlog.baseline, "Also what is before_baseline or done_elsewhere");
    rerun.add_flag("--dry-run", words.backlog.dry_run, "Only count");
}

}  // namespace

void AddBacklogOptions(CLI::App& command, Words& words) {
    command.add_option(
        "--backlog",
        words.backlog.policy,
        "What becomes of what is in it already: process, ignore, or budget. A bucket of a store needs it"
    );
    command.add_option("--items-per-day", words.backlog.items_per_day, "Of a budget");
    command.add_option("--hours-per-day", words.backlog.hours_per_day, "Of a budget: hours of media");
}

void AddBacklogCommands(const CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& buckets = *app.get_subcommand("buckets");
    auto& file = line.Add(buckets, "import", "Add many buckets of stores, from a CSV file", [&line] {
        return ImportBuckets(line);
    });
    file.add_option(
            "file",
            words.path,
            "With the columns kind, endpoint, region, bucket, prefix, access_key_ref, secret_ref, processor, "
            "active; may have name, backlog, biometric_basis"
    )
        ->required();
    file.add_option("--biometric-basis", words.basis, "Of lines without one: why faces may be recognised");
    AddBacklogOptions(file, words);
    AddOptionsOfAdd(
        line.Add(
            buckets,
            "preview",
            "Look into a place before it is added: what there is, what is skipped, how long it takes",
            [&line] { return PreviewBucket(line); }
        ),
        words
    );
    AddItemsOfBacklog(*app.get_subcommand("items"), line);
}

}  // namespace notify
