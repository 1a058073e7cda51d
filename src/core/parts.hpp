#pragma once

// Many rows, some at a time.

#include <algorithm>
#include <cstddef>
#include <vector>

#include "core/result.hpp"

namespace notify {

/// Gives `take(const std::vector<Row>&)`, which returns a Result<void>, the rows in their order, at most
/// `most` (1 or more) at a time; the first error ends it and is returned.
template <class Row, class Take>
[[nodiscard]] Result<void> ForEachPart(const std::vector<Row>& rows, std::size_t most, Take&& take) {
    for (std::size_t at = 0; at < rows.size(); at += most) {
        const auto first = rows.begin() + static_cast<std::ptrdiff_t>(at);
        const auto count = std::min(most, rows.size() - at);
        const std::vector<Row> part(first, first + static_cast<std::ptrdiff_t>(count));
        if (Result<void> taken = take(part); !taken) {
            return taken;
        }
    }
    return {};
}

}  // namespace notify
