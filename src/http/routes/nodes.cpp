// /v1/nodes: who works on this database.

#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/node.hpp"
#include "domain/pause.hpp"
#include "domain/process.hpp"
#include "http/api.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/views_nodes.hpp"
#include "storage/node_repository.hpp"
#include "storage/pause_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

struct Known {
    std::vector<Node> nodes;
    std::vector<Duty> duties;
    std::vector<Process> processing;
    std::vector<Pause> pauses;
};

Result<Known> ReadNodes(const Snapshot& snapshot, Timestamp now) {
    auto nodes = snapshot.nodes.List();
    auto duties = snapshot.nodes.Duties();
    auto processing = snapshot.processes.AllProcessing();
    auto pauses = snapshot.pauses.List(now);
    if (!nodes || !duties) {
        return Unexpected(nodes ? duties.error() : nodes.error());
    }
    if (!processing || !pauses) {
        return Unexpected(processing ? pauses.error() : processing.error());
    }
    return Known{
        .nodes = std::move(*nodes),
        .duties = std::move(*duties),
        .processing = std::move(*processing),
        .pauses = std::move(*pauses)
    };
}

std::vector<std::string> NamesOf(Roles roles) {
    std::vector<std::string> names;
    for (const auto role : {Role::kApi, Role::kScheduler, Role::kWorker, Role::kDelivery}) {
        if (roles.Has(role)) {
            names.emplace_back(ToString(role));
        }
    }
    return names;
}

view::NodeRow Row(const Node& node, const Known& known) {
    Roles duties;
    for (const auto& duty : known.duties) {
        duties = duty.node == node.id ? duties.With(duty.role) : duties;
    }
    const auto pause = std::ranges::find_if(known.pauses, [&](const Pause& each) {
        return each.of == PauseOf::kNode && each.subject == node.name;
    });
    return {
        .name = node.name,
        .host = node.host,
        .version = node.version,
        .roles = NamesOf(node.roles),
        .duties = NamesOf(duties),
        .workers = node.roles.Has(Role::kWorker) ? node.workers : 0,
        .processing = static_cast<int>(std::ranges::count(known.processing, node.id, &Process::lease_owner)),
        .reads_folders = node.reads_folders,
        .started_at = ToRfc3339(node.started_at),
        .heard_at = ToRfc3339(node.heard_at),
        .paused = pause == known.pauses.end() ? std::nullopt : std::optional(Sentence(*pause))
    };
}

Response ListNodes(const ApiParts& parts, const Request& request) {
    const auto read =
        parts.storage.Read([&](const Snapshot& snapshot) { return ReadNodes(snapshot, parts.clock.Now()); });
    return Answer(request, read, [](const Known& known) {
        view::NodeList list;
        for (const auto& node : known.nodes) {
            if (node.roles != Roles()) {  // a command that looks
                list.rows.push_back(Row(node, known));
            }
        }
        return list;
    });
}

}  // namespace

void AddNodeRoutes(Router& router, const ApiParts& parts) {
    router.Add(
        {.method = "GET",
         .pattern = "/v1/nodes",
         .scope = Scope::kRead,
         .tag = "health",
         .summary = "The nodes that share this database",
         .description =
             "By name; with SQLite the service alone. `roles` is what a node is there for, `duties` what it "
             "alone does "
             "now: a node of the role takes it over when the one that has it is gone. A node that was not "
             "heard of "
             "for 30 s, or whose process has ended, is no longer listed; what it processed is Pending again.",
         .answer = &described::Schema<view::NodeList>,
         .handle = [parts](Request& r) { return ListNodes(parts, r); }}
    );
}

}  // namespace notify
