#pragma once

// What every fuzz target needs: to say that a promise was broken.

#include <cstdio>
#include <cstdlib>
#include <string_view>

namespace notify::fuzz {

/// Ends the program when the code did not keep its promise, so that the input is kept.
inline void Promise(bool kept, std::string_view promise) {
    if (!kept) {
        std::fprintf(
            stderr, "a promise was broken: %.*s\n", static_cast<int>(promise.size()), promise.data()
        );
        std::abort();
    }
}

}  // namespace notify::fuzz
