// notifications-api iconik …

#include <optional>
#include <string>
#include <string_view>

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

using boost::json::object;
using boost::json::value;

/// The source that was named, else the only one of kind iconik.
Result<std::string> SourceOf(CommandLine& line) {
    if (!line.words.source.empty()) {
        return line.words.source;
    }
    const auto all = line.List("/v1/sources");
    if (!all) {
        return Unexpected(all.error());
    }
    std::string found;
    for (const auto& source : all->at("rows").as_array()) {
        if (Shown(source, "kind") != "iconik") {
            continue;
        }
        if (!found.empty()) {
            return Fail(
                ErrorCode::kInvalidArgument,
                "there are several sources of kind iconik: name one with --source"
            );
        }
        found = Shown(source, "id");
    }
    return found.empty()
               ? Fail(
                     ErrorCode::kNotFound,
                     "there is no source of kind iconik: set ICONIK_APP_ID and ICONIK_ACCESS_TOKEN and "
                     "start the service, or add one: notifications-api sources add iconik"
                 )
               : Result<std::string>(found);
}

std::string StateWords(std::string_view state, bool dry_run) {
    if (state == "there") {
        return "is there already";
    }
    if (state == "absent") {
        return "is not there";
    }
    if (state == "kept" || state == "failed") {
        return state == "kept" ? "stays" : "failed";
    }
    return dry_run ? fmt::format("would be {}", state) : std::string(state);
}

void PrintReport(const value& report) {
    const bool dry_run = Shown(report, "dry_run") == "true";
    for (const auto& step : report.at("steps").as_array()) {
        const auto sentence = Shown(step, "sentence");
        fmt::print(
            "{} '{}': {}{}{}\n",
            Shown(step, "what"),
            Shown(step, "name"),
            StateWords(Shown(step, "state"), dry_run),
            sentence.empty() ? "" : "; ",
            sentence
        );
    }
    for (const auto& warning : report.at("warnings").as_array()) {
        fmt::print("warning: {}\n", std::string_view(warning.as_string()));
    }
}

Result<void> SetUp(CommandLine& line) {
    const auto source = SourceOf(line);
    if (!source) {
        return Unexpected(source.error());
    }
    const auto& wanted = line.words.setup;
    object body{{"take_over", wanted.take_over}, {"dry_run", wanted.dry_run}, {"remove", wanted.remove}};
    const auto put = [&](std::string_view member, const std::optional<std::string>& text) {
        if (text) {
            body[member] = *text;
        }
    };
    put("system_endpoint", wanted.system_endpoint);
    put("webhook_name", wanted.webhook_name);
    put("action_title", wanted.action_title);
    const auto report = line.Call("POST", "/v1/sources/" + PercentEncoded(*source) + "/setup", body);
    if (!report) {
        return Unexpected(report.error());
    }
    line.Show(*report, PrintReport);
    return Shown(*report, "passed") == "true"
               ? Result<void>()
               : Fail(
                     ErrorCode::kUnavailable,
                     "not all of it was done; put right what is said of what failed, and run it again"
                 );
}

}  // namespace

void AddIconikCommands(CLI::App& app, CommandLine& line) {
    auto& group = CommandLine::Group(app, "iconik", "What this service needs in Iconik");
    auto& setup = line.Add(
        group,
        "setup",
        "Make in Iconik a field and a view for names, webhooks, and a custom action; what is there stays",
        [&line] { return SetUp(line); }
    );
    auto& wanted = line.words.setup;
    setup.add_option(
        "--source", line.words.source, "Id or name; not needed where there is one of kind iconik"
    );
    setup.add_option("--system-endpoint", wanted.system_endpoint, "URL at which Iconik reaches this service");
    setup.add_option("--webhook-name", wanted.webhook_name, "Name of the webhook (Notification API Webhook)");
    setup.add_option("--action-title", wanted.action_title, "Title of the custom action (Recognise faces)");
    setup.add_flag(
        "--take-over", wanted.take_over, "Make ours what has these names and sends to another installation"
    );
    setup.add_flag("--dry-run", wanted.dry_run, "Write nothing; say what would be");
    setup.add_flag("--remove", wanted.remove, "Take webhooks and custom action away; field and view stay");
}

}  // namespace notify
