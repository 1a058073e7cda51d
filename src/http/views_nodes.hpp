#pragma once

// What the API shows of nodes. Described structs, from which JSON and OpenAPI come.

#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"

namespace notify::view {

struct NodeRow {
    std::string name;
    std::string host;
    std::string version;
    std::vector<std::string> roles;
    std::vector<std::string> duties;
    int workers = 0;
    int processing = 0;
    bool reads_folders = true;
    std::string started_at;
    std::string heard_at;
    std::optional<std::string> paused;
};

BOOST_DESCRIBE_STRUCT(
    NodeRow,
    (),
    (name, host, version, roles, duties, workers, processing, reads_folders, started_at, heard_at, paused)
)

struct NodeList {
    std::vector<NodeRow> rows;
};

BOOST_DESCRIBE_STRUCT(NodeList, (), (rows))

}  // namespace notify::view
