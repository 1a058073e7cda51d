#pragma once

// How much script/faults asks of a test.

#include <charconv>
#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace notify::testing {

/// The number in that variable of the environment, or `otherwise`.
inline std::uint64_t Given(const char* name, std::uint64_t otherwise) {
    const char* text = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): the environment is only read
    if (text != nullptr) {
        const std::string_view digits(text);
        std::from_chars(digits.data(), digits.data() + digits.size(), otherwise);
    }
    return otherwise;
}

}  // namespace notify::testing
