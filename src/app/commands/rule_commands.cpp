// notifications-api rules …

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
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

std::string TargetOf(const CommandLine& line) {
    return "/v1/rules/" + PercentEncoded(line.words.id);
}

/// What of a rule was given, with a processor when one was.
Result<object> BodyOf(const Words& words) {
    auto body = RuleBody(words);
    if (body && !words.processors.empty()) {
        (*body)["processor"] = words.processors.front();
    }
    return body;
}

void PrintRule(const value& rule) {
    const auto bucket = Shown(rule, "bucket");
    const auto path = Shown(rule, "path_glob");
    const auto types = Shown(rule, "media_types");
    fmt::print(
        "rule {}{}: {} on {}{} in {}\n",
        Shown(rule, "id"),
        Shown(rule, "enabled") == "true" ? "" : " (disabled)",
        Shown(rule, "processor"),
        path.empty() ? "everything" : path,
        types.empty() ? "" : " that is " + types,
        bucket.empty() ? "all buckets of source " + Shown(rule, "source") : "bucket " + bucket
    );
}

Result<void> AddRule(CommandLine& line) {
    auto body = BodyOf(line.words);
    if (!body) {
        return Unexpected(body.error());
    }
    if (!line.words.bucket.empty()) {
        (*body)["bucket"] = line.words.bucket;
    }
    if (!line.words.source.empty()) {
        (*body)["source"] = line.words.source;
    }
    return line.Ask("POST", "/v1/rules", *body, PrintRule);
}

Result<void> ChangeRule(CommandLine& line) {
    const auto body = BodyOf(line.words);
    if (!body) {
        return Unexpected(body.error());
    }
    return body->empty()
               ? Fail(
                     ErrorCode::kInvalidArgument, "say what to change; rules change --help lists what can be"
                 )
               : line.Ask("PATCH", TargetOf(line), *body, PrintRule);
}

Result<void> SetEnabled(CommandLine& line, bool enabled) {
    return line.Ask("PATCH", TargetOf(line), object{{"enabled", enabled}}, PrintRule);
}

Result<void> ListRules(CommandLine& line) {
    const auto& bucket = line.words.bucket;
    const auto target = bucket.empty() ? "" : "?bucket=" + PercentEncoded(bucket);
    return line.Ask("GET", "/v1/rules" + target, nullptr, [](const value& answer) {
        PrintTable(
            answer,
            {"id", "bucket", "source", "processor", "path_glob", "media_types", "priority", "enabled"},
            "no rules yet: notifications-api rules add --bucket NAME --processor NAME"
        );
    });
}

void AddWhat(CLI::App& command, Words& words) {
    command.add_option("--config", words.config, "Configuration of the processor, JSON");
    command.add_option(
        "--path", words.path_glob, "Only keys that match this glob: '*.mp4', 'films/**'; '' for all"
    );
    command.add_option(
        "--media-type",
        words.media_types,
        "Only media of this type, by content: video/mp4, 'video/*'; may be repeated; '' for all"
    );
    command.add_option("--priority", words.priority, "Higher goes first (0)");
    command.add_option("--biometric-basis", words.basis, "Why people may be recognised here");
}

}  // namespace

void AddRuleCommands(CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = CommandLine::Group(app, "rules", "Which processor runs where, with which configuration");
    const auto processor = fmt::format("One of: {}", ProcessorNames());
    auto& add = line.Add(group, "add", "Choose a processor for a bucket or a source", [&line] {
        return AddRule(line);
    });
    add.add_option("--bucket", words.bucket, "Id or name of a bucket");
    add.add_option("--source", words.source, "Id or name of a source: the rule holds for all its buckets");
    add.add_option("--processor", words.processors, processor)->required()->expected(1);
    AddWhat(add, words);
    line.Add(
            group, "list", "All rules", [&line] { return ListRules(line); }
    ).add_option("--bucket", words.bucket, "Those that hold for this bucket");
    const auto one = [&](const std::string& name, const std::string& what, Run act) -> CLI::App& {
        auto& command = line.Add(group, name, what, std::move(act));
        command.add_option("rule", words.id, "Id")->required();
        return command;
    };
    one("show", "One rule", [&line] { return line.Ask("GET", TargetOf(line), nullptr, PrintDocument); });
    auto& change =
        one("change", "Change what is given; the rest stays", [&line] { return ChangeRule(line); });
    change.add_option("--processor", words.processors, processor)->expected(1);
    AddWhat(change, words);
    one("enable", "Let it choose again", [&line] { return SetEnabled(line, true); });
    one("disable", "Let it choose nothing for now", [&line] { return SetEnabled(line, false); });
    one("remove", "Forget a rule; what it has queued is processed all the same", [&line] {
        return line.Ask("DELETE", TargetOf(line), nullptr, [&](const value&) {
            fmt::print("rule {} is removed\n", line.words.id);
        });
    });
}

}  // namespace notify
