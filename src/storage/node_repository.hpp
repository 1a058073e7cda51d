#pragma once

// The nodes that share this database, and who of them has a duty.

#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/node.hpp"

namespace notify {

/// The reason of Join's kConflict.
inline constexpr std::string_view kNameTaken = "node_name_taken";

/// Const methods read, the others write; both only inside a Storage closure and on its thread.
class NodeRepository {
public:
    NodeRepository() = default;
    NodeRepository(const NodeRepository&) = delete;
    NodeRepository& operator=(const NodeRepository&) = delete;
    virtual ~NodeRepository() = default;

    /// Adds a node, in place of one of the same name that was started before it and leaves with that.
    /// kConflict, kNameTaken, when that one may live: it was heard of within kNodeLease, and its connection
    /// is there or, where that cannot be told, it is on another host. retry_after: when it does not any more
    /// if nothing is heard of it. After a power cut the database has its connection for hours.
    virtual Result<void> Join(const Node& node) = 0;

    /// It lives.
    virtual Result<void> Beat(const NodeId& id, Timestamp now) = 0;

    /// Takes it away with its duties and scans; its leases of processes and deliveries are over. Nothing when
    /// it is not there.
    virtual Result<void> Leave(const NodeId& id) = 0;

    /// By name.
    [[nodiscard]] virtual Result<std::vector<Node>> List() const = 0;

    /// Other nodes than `self` that are gone: not heard of for kNodeLease, or, where the database can tell,
    /// silent for more than 3.5 s and without a connection.
    [[nodiscard]] virtual Result<std::vector<Node>> Gone(const NodeId& self, Timestamp now) const = 0;

    /// Gives the duty to the node when nobody has it; true when the node has it then.
    virtual Result<bool> Take(Role duty, const NodeId& node, Timestamp now) = 0;

    /// The node has it no more. Nothing when it does not.
    virtual Result<void> GiveBack(Role duty, const NodeId& node) = 0;

    /// Those that somebody has.
    [[nodiscard]] virtual Result<std::vector<Duty>> Duties() const = 0;
};

}  // namespace notify
