// notifications-api nodes …

#include <CLI/App.hpp>
#include <boost/json/value.hpp>

#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"

namespace notify {

void AddNodeCommands(CLI::App& app, CommandLine& line) {
    auto& group = CommandLine::Group(app, "nodes", "The nodes that share the database");
    line.Add(group, "list", "Who is there and does what", [&line] {
        return line.Ask("GET", "/v1/nodes", nullptr, [](const boost::json::value& answer) {
            PrintTable(
                answer,
                {"name", "roles", "duties", "workers", "processing", "version", "heard_at", "paused"},
                "no node runs; start one: notifications-api serve"
            );
        });
    });
}

}  // namespace notify
