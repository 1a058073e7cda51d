// notifications-api retention …

#include <CLI/App.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "core/result.hpp"
#include "domain/retention.hpp"

namespace notify {

namespace {

Result<void> RunRetention(CommandLine& line) {
    const bool dry_run = line.words.backlog.dry_run;
    return line.Ask(
        "POST", "/v1/retention/runs", {{"dry_run", dry_run}}, [&](const boost::json::value& answer) {
            for (const auto& kind : kRemovedKinds) {
                if (!dry_run || kind.rows != &RemovedRows::results) {
                    fmt::print("{:<14}{:>10}\n", kind.word, Shown(answer, kind.word));
                }
            }
            fmt::print("{}\n", dry_run ? "would be removed now" : "removed");
        }
    );
}

}  // namespace

void AddRetentionCommands(CLI::App& app, CommandLine& line) {
    auto& group = CommandLine::Group(app, "retention", "What is kept for how long: see RETENTION in .env");
    line.Add(
            group, "run", "Remove now what is old; the service does it every hour", [&line] {
                return RunRetention(line);
            }
    ).add_flag("--dry-run", line.words.backlog.dry_run, "Only count");
}

}  // namespace notify
