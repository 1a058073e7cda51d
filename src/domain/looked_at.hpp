#pragma once

// Which rendition of an item's media was read, where its store has several.

#include <cstdint>
#include <string>

namespace notify {

struct LookedAt {
    std::string rendition;   ///< "proxy" or "original".
    std::string id;          ///< The store's.
    std::int64_t lines = 0;  ///< Of the picture's shorter side; 0 when the store does not tell.
    std::string warning;     ///< "" or a sentence: why it was this one.

    friend bool operator==(const LookedAt&, const LookedAt&) = default;
};

}  // namespace notify
