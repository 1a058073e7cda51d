// notifications-api items …

#include <cstdio>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string TargetOf(const CommandLine& line) {
    return "/v1/items/" + PercentEncoded(line.words.id);
}

/// Of the items that are listed: which, and where to go on.
std::string QueryOf(const Words& words, std::string_view after) {
    std::string query;
    query += words.status.empty() ? "" : "&status=" + PercentEncoded(words.status);
    query += words.bucket.empty() ? "" : "&bucket=" + PercentEncoded(words.bucket);
    query += words.key.empty() ? "" : "&key=" + PercentEncoded(words.key);
    query += after.empty() ? "" : "&after=" + PercentEncoded(after);
    return query;
}

Result<void> ListItems(CommandLine& line) {
    const auto& words = line.words;
    const auto target = fmt::format("/v1/items?limit={}{}", words.limit, QueryOf(words, words.after));
    return line.Ask("GET", target, nullptr, [](const value& answer) {
        PrintTable(answer, {"id", "key", "status", "progress", "since", "blocked_by", "reason"}, "no items");
        PrintMore(answer);
    });
}

/// The rows of the history, each with the processor of its process.
object HistoryOf(const value& item) {
    array rows;
    for (const auto& change : item.at("history").as_array()) {
        auto row = change.as_object();
        for (const auto& process : item.at("processes").as_array()) {
            if (Shown(process, "id") == Shown(change, "process")) {
                row["processor"] = process.at("processor");
            }
        }
        rows.push_back(std::move(row));
    }
    return {{"rows", std::move(rows)}};
}

/// A line for each process of an asset: which of its renditions was read.
void PrintLookedAt(const value& item) {
    for (const auto& process : item.at("processes").as_array()) {
        const auto& looked_at = process.at("looked_at");
        if (looked_at.is_null()) {
            continue;
        }
        fmt::print(
            "{} looked at the {} {}{}{}\n",
            Shown(process, "id"),
            Shown(looked_at, "rendition"),
            Shown(looked_at, "id"),
            looked_at.at("lines").is_null() ? "" : fmt::format(" of {} lines", Shown(looked_at, "lines")),
            Shown(looked_at, "warning").empty() ? "" : "; " + Shown(looked_at, "warning")
        );
    }
}

void PrintItem(const value& item) {
    for (const auto* member :
         {"id",
          "key",
          "bucket",
          "media_type",
          "size_bytes",
          "content_sha256",
          "status",
          "since",
          "attempt",
          "next_attempt_at",
          "blocked_by",
          "progress",
          "reason"}) {
        fmt::print("{:<15} {}\n", member, Shown(item, member));
    }
    fmt::print("\nprocesses\n");
    PrintTable(
        object{{"rows", item.at("processes")}},
        {"id",
         "processor",
         "run",
         "status",
         "progress",
         "attempt",
         "crashes",
         "rescues",
         "releases",
         "result"},
        "none"
    );
    PrintLookedAt(item);
    fmt::print("\nhistory\n");
    PrintTable(HistoryOf(item), {"at", "status", "processor", "attempt", "reason_code", "reason"}, "none");
}

Result<void> WhyItem(CommandLine& line) {
    return line.Ask("GET", TargetOf(line), nullptr, [](const value& item) {
        fmt::print("{} since {}\n", Shown(item, "status"), Shown(item, "since"));
        for (const auto& sentence : item.at("why").as_array()) {
            fmt::print("  {}\n", std::string_view(sentence.as_string()));
        }
    });
}

Result<void> Act(CommandLine& line, const std::string& action) {
    return line.Ask("POST", fmt::format("{}/{}", TargetOf(line), action), nullptr, [&](const value& answer) {
        fmt::print("{}: {}\n", action, Counted(Shown(answer, "processes"), "process", "processes"));
    });
}

/// One item, or those that a list with the same options has.
Result<void> Cancel(CommandLine& line) {
    const auto& words = line.words;
    const bool many = !words.status.empty() || !words.bucket.empty() || !words.key.empty();
    if (words.id.empty() != many) {
        return Fail(
            ErrorCode::kInvalidArgument, "name either one item, or which with --status, --bucket or --key"
        );
    }
    return many ? ForAllItems(line, "cancel") : Act(line, "cancel");
}

}  // namespace

Result<void> ForAllItems(CommandLine& line, std::string_view action) {
    object sum{{"items", 0}, {"processes", 0}, {"left_alone", 0}};
    std::string after;
    do {
        const auto target = fmt::format("/v1/items/{}?limit=200{}", action, QueryOf(line.words, after));
        const auto page = line.Call("POST", target, nullptr);
        if (!page) {
            return Unexpected(page.error());
        }
        for (auto& [member, count] : sum) {
            count = count.as_int64() + page->at(member).as_int64();
        }
        after = Shown(*page, "next");
        if (!after.empty() && !line.AsJson()) {
            fmt::print(stderr, "{} so far\n", Counted(Shown(sum, "items"), "item", "items"));
        }
    } while (!after.empty());
    line.Show(sum, [&](const value& done) {
        fmt::print(
            "{}: {} of {}; left alone: {}\n",
            action,
            Counted(Shown(done, "processes"), "process", "processes"),
            Counted(Shown(done, "items"), "item", "items"),
            Shown(done, "left_alone")
        );
    });
    return {};
}

void AddItemCommands(CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = CommandLine::Group(app, "items", "Media objects that were noticed");
    auto& list = line.Add(group, "list", "Newest first", [&line] { return ListItems(line); });
    list.add_option("--status", words.status, "Pending, Processing, Completed, Failed, Cancelled or Skipped");
    list.add_option("--bucket", words.bucket, "Id or name of a bucket");
    list.add_option("--key", words.key, "A part of the key");
    list.add_option("--limit", words.limit, "Rows, 1 to 200 (50)");
    list.add_option("--after", words.after, "Go on after this item: the list says how");
    const auto one = [&](const std::string& name, const std::string& what, Run act) {
        line.Add(group, name, what, std::move(act)).add_option("item", words.id, "Id")->required();
    };
    one("show", "One item, whole", [&line] { return line.Ask("GET", TargetOf(line), nullptr, PrintItem); });
    one("why", "Why an item does not move, or how it ended", [&line] { return WhyItem(line); });
    auto& cancel = line.Add(group, "cancel", "Stop what is done with an item, or with many", [&line] {
        return Cancel(line);
    });
    cancel.add_option("item", words.id, "Id of one item");
    cancel.add_option("--status", words.status, "Many: Pending or Processing");
    cancel.add_option("--bucket", words.bucket, "Many: id or name of a bucket");
    cancel.add_option("--key", words.key, "Many: a part of the key");
}

}  // namespace notify
