#pragma once

// Who opens a database that others have open, too.

#include <functional>

#include "core/clock.hpp"
#include "domain/node.hpp"

namespace notify {

struct PostgresNode {
    Node node;  ///< heard_at is the server's affair. Without roles it is a command, and none of the nodes.

    /// Told the server's time when the database is opened and every 2 s; may be empty. Called on the thread
    /// that opens, then on the writer's.
    std::function<void(Timestamp)> follow;
};

}  // namespace notify
