#pragma once

// Pages of a listing go forward, whatever the store does.

#include <algorithm>
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/objects/faults.hpp"

namespace notify::objects {

// Reasons of a listing that cannot be trusted to tell every key; both kUnavailable.
inline constexpr std::string_view kUnsorted = "unsorted";
inline constexpr std::string_view kStuck = "stuck";

/// Leaves those out of a page whose `key` lies at or before `position`: they were told already. kUnsorted
/// when the page's keys do not rise, in the order of their bytes.
template <class Object>
[[nodiscard]] Result<void> KeepBehind(std::vector<Object>& page, std::string_view position) {
    const auto disorder =
        std::ranges::adjacent_find(page, [](const auto& a, const auto& b) { return a.key >= b.key; });
    if (disorder != page.end()) {
        return Unexpected(Fault(
            ErrorCode::kUnavailable,
            kUnsorted,
            "the store lists keys out of order or twice, so some could be missed; ask its maker"
        ));
    }
    const auto told = std::ranges::upper_bound(page, position, {}, &Object::key);
    page.erase(page.begin(), told);
    return {};
}

/// The store says that there are more keys, and repeats itself.
[[nodiscard]] inline Error StuckFault() {
    return Fault(
        ErrorCode::kUnavailable, kStuck, "the store says that there are more keys, and repeats itself"
    );
}

}  // namespace notify::objects
