#pragma once

// A whole state from one database into another: compared afterwards, table by table.

#include <cstdint>
#include <functional>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"
#include "storage/copy/row.hpp"
#include "storage/copy/row_store.hpp"

namespace notify::copy {

/// What a table holds: equal rows in both databases have an equal digest.
struct Contents {
    std::int64_t rows = 0;
    std::string sha256;

    friend bool operator==(const Contents&, const Contents&) = default;
};

/// Is told how many rows of a table are copied: now and then, and when the table is done.
using Progress = std::function<void(std::string_view table, std::int64_t rows)>;

/// Copies all tables of a state but those of who runs on it (nodes and what they hold). Both have the same
/// schema. The target's transaction holds what was copied, and is not committed. A target that holds the same
/// state already stays as it is. kConflict: it holds another one; kInvalidArgument: it would refuse a row,
/// which the sentence names; kStopped; kInternal: what it holds afterwards is not what was copied.
[[nodiscard]] Result<void> CopyState(
    RowSource& from,
    RowStore& into,
    const std::vector<Table>& tables,
    const Progress& progress,
    const std::stop_token& stop
);

}  // namespace notify::copy
