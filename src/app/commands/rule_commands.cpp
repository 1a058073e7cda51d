// notifications-api rules …

#include <string>
#include <tuple>
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
    const auto bucket = Shown(rule, "bucket_name");
    const auto path = Shown(rule, "path_glob");
    const auto types = Shown(rule, "media_types");
    fmt::print(
        "rule {}{}: {} on {}{} in {}\n",
        Shown(rule, "id"),
        Shown(rule, "enabled") == "true" ? "" : " (disabled)",
        Shown(rule, "processor"),
        path.empty() ? "everything" : path,
        types.empty() ? "" : " that is " + types,
        bucket.empty() ? "all buckets of source " + Shown(rule, "source_name") : "bucket " + bucket
    );
}

void PrintApplied(const value& answer) {
    const auto count = Shown(answer, "processes");
    fmt::print(
        "{} there already {} it now\n", Counted(count, "item", "items"), count == "1" ? "gets" : "get"
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
    const auto rule = line.Call("POST", "/v1/rules", *body);
    if (!rule) {
        return Unexpected(rule.error());
    }
    line.Show(*rule, [&](const value& added) {
        PrintRule(added);
        fmt::print(
            "it holds for what is discovered from now on, and for what was skipped as no_rule{}{}\n",
            line.words.existing ? "" : "; to run it on what is there already: notifications-api rules apply ",
            line.words.existing ? "" : Shown(added, "id")
        );
    });
    if (!line.words.existing) {
        return {};
    }
    line.words.id = Shown(*rule, "id");
    const auto applied = line.Call("POST", TargetOf(line) + "/apply", nullptr);
    if (!applied) {
        return Unexpected(applied.error().Within("the rule is added, but not to what is there"));
    }
    if (!line.AsJson()) {
        PrintApplied(*applied);
    }
    return {};
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
    const auto& [bucket, source] = std::tie(line.words.bucket, line.words.source);
    const auto target = !bucket.empty()   ? "?bucket=" + PercentEncoded(bucket)
                        : !source.empty() ? "?source=" + PercentEncoded(source)
                                          : std::string();
    return line.ShowAll("/v1/rules" + target, [](const value& answer) {
        PrintTable(
            answer,
            {"id",
             "bucket_name",
             "source_name",
             "processor",
             "path_glob",
             "media_types",
             "config",
             "priority",
             "enabled",
             "biometric_basis"},
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
    add.add_flag("--existing", words.existing, "Also for what is there already: as rules apply");
    AddWhat(add, words);
    auto& list = line.Add(group, "list", "All rules", [&line] { return ListRules(line); });
    auto* const of_bucket = list.add_option("--bucket", words.bucket, "Those that hold for this bucket");
    list.add_option("--source", words.source, "Those of this source")->excludes(of_bucket);
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
    one("apply", "Run it on what is there already and never had it", [&line] {
        return line.Ask("POST", TargetOf(line) + "/apply", nullptr, PrintApplied);
    });
    one("remove", "Forget a rule; what it has queued is processed all the same", [&line] {
        return line.Ask("DELETE", TargetOf(line), nullptr, [&](const value&) {
            fmt::print("rule {} is removed\n", line.words.id);
        });
    });
}

}  // namespace notify
