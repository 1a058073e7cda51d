#pragma once

// NodeRepository in SQL.

#include "storage/node_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See NodeRepository. The connection outlives it.
class NodeTable final : public NodeRepository {
public:
    explicit NodeTable(Connection& connection) : connection_(connection) {}

    Result<void> Join(const Node& node) override;
    Result<void> Beat(const NodeId& id, Timestamp now) override;
    Result<void> Leave(const NodeId& id) override;
    [[nodiscard]] Result<std::vector<Node>> List() const override;
    [[nodiscard]] Result<std::vector<Node>> Gone(const NodeId& self, Timestamp now) const override;
    Result<bool> Take(Role duty, const NodeId& node, Timestamp now) override;
    Result<void> GiveBack(Role duty, const NodeId& node) override;
    [[nodiscard]] Result<std::vector<Duty>> Duties() const override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
