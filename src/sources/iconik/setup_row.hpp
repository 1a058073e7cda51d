#pragma once

// One thing that is made in Iconik: listed, made, changed where it differs, or taken away.

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/setup.hpp"

namespace notify::iconik {

/// A kind of things.
struct RowKind {
    std::string_view what;    ///< "webhook".
    std::string_view plural;  ///< "the webhooks".
    std::string_view list;    ///< "notifications/v1/webhooks/": a row is at its id behind it.
    std::string_view change;  ///< Method that changes one: "PUT", "PATCH".
    std::string_view roles;   ///< "webhooks": of can_read_webhooks and the like.
    std::string_view label;   ///< Member that names it: "name", "title".
};

/// How rows are written.
struct RowWriter {
    Client& client;
    bool dry_run = false;
    const std::stop_token& stop;
};

/// All of a kind, in Iconik's order. Errors of Client, for a missing right with the name of the role.
[[nodiscard]] Result<std::vector<boost::json::object>> ListRows(
    Client& client, const RowKind& kind, const std::stop_token& stop
);

/// What of `wanted` is otherwise in `there`: names of members. Members that are null, "" or missing are
/// equal; of "headers" those that are wanted count.
[[nodiscard]] std::vector<std::string> Differences(
    const boost::json::object& there, const boost::json::object& wanted
);

/// Makes what `wanted` says when `there` is null, else changes it to `whole` when `wanted` is otherwise
/// there. The step's id is "" for what would be made.
[[nodiscard]] Result<SetupStep> PutRow(
    const RowWriter& writer,
    const RowKind& kind,
    const boost::json::object* there,
    const boost::json::object& wanted,
    const boost::json::object& whole
);

[[nodiscard]] Result<SetupStep> RemoveRow(
    const RowWriter& writer, const RowKind& kind, const boost::json::object& there
);

/// Names of headers are the same in any case.
[[nodiscard]] bool SameHeader(std::string_view a, std::string_view b);

/// The fault with the role that is missing, when one is.
[[nodiscard]] Error NamingRole(Error fault, std::string_view role);

}  // namespace notify::iconik
