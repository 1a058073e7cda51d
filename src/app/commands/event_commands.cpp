// notifications-api events.

#include <chrono>
#include <cstdio>
#include <string>

#include <CLI/App.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "app/stop_signal.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"

namespace notify {

namespace {

using boost::json::value;

constexpr std::chrono::milliseconds kLookEvery{500};

std::string TargetOf(const Words& words, const std::string& after) {
    auto target = fmt::format("/v1/events?limit={}", words.limit);
    target += after.empty() ? "" : "&after=" + PercentEncoded(after);
    target +=
        words.types.empty() ? "" : "&types=" + PercentEncoded(fmt::format("{}", fmt::join(words.types, ",")));
    target += words.bucket.empty() ? "" : "&bucket=" + PercentEncoded(words.bucket);
    target += words.id.empty() ? "" : "&subject=" + PercentEncoded(words.id);
    return target;
}

/// On stderr, when events that were asked for are kept no more.
void SayGap(const value& page) {
    if (const auto* gap = page.as_object().if_contains("gap"); gap != nullptr && gap->is_object()) {
        fmt::print(
            stderr,
            "notifications-api: of what happened after {} and up to {} something may be missing, it is kept "
            "no more\n",
            Shown(*gap, "after"),
            Shown(*gap, "until")
        );
    }
}

Result<void> ListEvents(CommandLine& line) {
    return line.Ask("GET", TargetOf(line.words, line.words.after), nullptr, [](const value& answer) {
        SayGap(answer);
        PrintTable(answer, {"sequence", "at", "type", "subject", "id"}, "nothing has happened");
    });
}

/// One line each; with --json one JSON text each.
void PrintLine(const CommandLine& line, const value& event) {
    line.Show(event, [](const value& row) {
        fmt::print(
            "{}  {}  {}  {}\n",
            Shown(row, "sequence"),
            Shown(row, "at"),
            Shown(row, "type"),
            Shown(row, "subject")
        );
    });
    std::fflush(stdout);
}

/// From --after, or from now on. What could not be asked ends it.
Result<void> FollowEvents(CommandLine& line) {
    const StopSignal signal;
    auto after = line.words.after;
    if (after.empty()) {
        const auto now = line.Call("GET", "/v1/events?from=now", nullptr);
        if (!now) {
            return Unexpected(now.error());
        }
        after = Shown(*now, "next");
    }
    do {
        const auto page = line.Call("GET", TargetOf(line.words, after), nullptr);
        if (!page) {
            return Unexpected(page.error());
        }
        SayGap(*page);
        for (const auto& event : page->at("rows").as_array()) {
            PrintLine(line, event);
        }
        after = Shown(*page, "next");
    } while (SleepFor(kLookEvery, signal.Token()));
    return Fail(ErrorCode::kStopped, "stopped");
}

}  // namespace

void AddEventCommands(CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& events = line.Add(app, "events", "What happened, oldest first", [&line] {
        return line.words.follow ? FollowEvents(line) : ListEvents(line);
    });
    events.add_flag(
        "--follow", words.follow, "Go on as they happen, from now on or after --after, until Ctrl-C"
    );
    events.add_option("--types", words.types, "Event types; item.* is a prefix; all when not given");
    events.add_option("--bucket", words.bucket, "Only about this bucket, by its id");
    events.add_option("--subject", words.id, "Only about this item, process, bucket …: its id");
    events.add_option("--limit", words.limit, "Rows, 1 to 200 (50)");
    events.add_option("--after", words.after, "Only what came after the event with this sequence");
}

}  // namespace notify
