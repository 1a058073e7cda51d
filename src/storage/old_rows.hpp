#pragma once

// What is old is looked for in pages, in the order of time, so that no transaction looks at many rows.

#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"

namespace notify {

/// Until when something must have been over to be old; 1970 for what is never old.
struct OldBefore {
    Timestamp done;    ///< What ended well.
    Timestamp failed;  ///< What failed or was cancelled.
};

/// How far a look has come: the time and the id of the row that it ended with.
struct OldPlace {
    Timestamp at;
    std::string id;
};

template <class T>
struct OldPage {
    std::vector<T> rows;
    std::optional<OldPlace> next;  ///< Where the next look goes on; nothing at the end.
};

}  // namespace notify
