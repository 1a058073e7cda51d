// notifications-api dead-messages …

#include <string>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::value;

std::string TargetOf(const CommandLine& line) {
    return "/v1/dead-messages/" + PercentEncoded(line.words.id);
}

Result<void> ListMessages(CommandLine& line) {
    const auto& words = line.words;
    auto target = fmt::format("/v1/dead-messages?limit={}", words.limit);
    target += words.after.empty() ? "" : "&after=" + PercentEncoded(words.after);
    target += words.source.empty() ? "" : "&source=" + PercentEncoded(words.source);
    return line.Ask("GET", target, nullptr, [](const value& answer) {
        PrintTable(
            answer,
            {"id", "created_at", "source", "reason", "receives", "replayed_at", "sentence"},
            "no dead messages"
        );
        PrintMore(answer);
    });
}

Result<void> ReplayMessage(CommandLine& line) {
    return line.Ask("POST", TargetOf(line) + "/replay", nullptr, [](const value& answer) {
        const auto ignored = Shown(answer, "ignored");
        if (!ignored.empty() && ignored != "null") {
            fmt::print("there is nothing to do: {}\n", Shown(answer, "sentence"));
            return;
        }
        fmt::print("{} to look at, {} already waiting\n", Shown(answer, "added"), Shown(answer, "known"));
    });
}

Result<void> RemoveMessage(CommandLine& line) {
    return line.Ask("DELETE", TargetOf(line), nullptr, [&](const value&) {
        fmt::print("{} is removed\n", line.words.id);
    });
}

}  // namespace

void AddMessageCommands(CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = CommandLine::Group(app, "dead-messages", "Messages that were not understood");
    auto& list = line.Add(group, "list", "Newest first", [&line] { return ListMessages(line); });
    list.add_option("--source", words.source, "Id of the queue they came from");
    list.add_option("--limit", words.limit, "Rows, 1 to 200 (50)");
    list.add_option("--after", words.after, "Go on after this message: the list says how");
    const auto one = [&](const std::string& name, const std::string& what, Run act) {
        line.Add(group, name, what, std::move(act)).add_option("message", words.id, "Id")->required();
    };
    one("show", "One, with its body", [&line] {
        return line.Ask("GET", TargetOf(line), nullptr, PrintDocument);
    });
    one("replay", "Read it again", [&line] { return ReplayMessage(line); });
    one("remove", "Forget it", [&line] { return RemoveMessage(line); });
}

}  // namespace notify
