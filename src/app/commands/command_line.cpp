#include "app/commands/command_line.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "core/json.hpp"
#include "core/result.hpp"
#include "processors/kind.hpp"

namespace notify {

CLI::App& CommandLine::Group(CLI::App& app, const std::string& name, const std::string& what) {
    auto& group = *app.add_subcommand(name, what);
    group.require_subcommand(1);
    return group;
}

CLI::App& CommandLine::Add(CLI::App& group, const std::string& name, const std::string& what, Run act) {
    auto& command = *group.add_subcommand(name, what);
    command.callback([this, act = std::move(act)] { run_ = act; });
    return command;
}

Result<void> CommandLine::Ask(
    std::string_view method, const std::string& target, const boost::json::value& body, const Print& print
) {
    const auto answer = Call(method, target, body);
    if (!answer) {
        return Unexpected(answer.error());
    }
    Show(*answer, print);
    return {};
}

Result<void> CommandLine::ShowAll(const std::string& target, const Print& print) {
    return List(target).map([&](const boost::json::value& answer) { Show(answer, print); });
}

Result<boost::json::value> CommandLine::Call(
    std::string_view method, const std::string& target, const boost::json::value& body
) {
    return client_.Call(method, target, body);
}

void CommandLine::Show(const boost::json::value& answer, const Print& print) const {
    if (json_) {
        fmt::print("{}\n", ToJsonText(answer));
    } else {
        print(answer);
    }
}

std::string ProcessorNames() {
    std::string names;
    for (const auto& kind : ProcessorKinds()) {
        if (!kind.internal) {
            names += names.empty() ? "" : ", ";
            names += kind.name;
        }
    }
    return names;
}

}  // namespace notify
