#pragma once

// The reference implementations as judges: the packages standardwebhooks of PyPI and of npm, for tests.

#include <cstdint>
#include <string>
#include <vector>

#include "core/http_client.hpp"

namespace notify::testing {

struct SignedMessage {
    std::string secret;
    HttpHeaders headers;
    std::string body;
};

enum class Reference : std::uint8_t { kPython, kNode };

/// True for each message the package accepts. Runs the project's Python environment, or Node, once.
[[nodiscard]] std::vector<bool> Accepted(
    const std::vector<SignedMessage>& messages, Reference reference = Reference::kPython
);

}  // namespace notify::testing
