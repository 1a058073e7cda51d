// notifications-api items …

#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

std::string TargetOf(const CommandLine& line) {
    return "/v1/items/" + PercentEncoded(line.words.id);
}

Result<void> ListItems(CommandLine& line) {
    const auto& words = line.words;
    auto target = fmt::format("/v1/items?limit={}", words.limit);
    target += words.status.empty() ? "" : "&status=" + PercentEncoded(words.status);
    target += words.bucket.empty() ? "" : "&bucket=" + PercentEncoded(words.bucket);
    target += words.key.empty() ? "" : "&key=" + PercentEncoded(words.key);
    target += words.after.empty() ? "" : "&after=" + PercentEncoded(words.after);
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

}  // namespace

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
    one("cancel", "Stop its processes", [&line] { return Act(line, "cancel"); });
}

}  // namespace notify
