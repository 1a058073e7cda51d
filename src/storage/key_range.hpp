#pragma once

// A range of keys in the order of their bytes.

#include <optional>
#include <string_view>

namespace notify {

/// The keys behind `after` up to and with `through`; without it to the last there is. Borrows both.
struct KeyRange {
    std::string_view after;
    std::optional<std::string_view> through;
};

}  // namespace notify
