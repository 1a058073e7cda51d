#pragma once

// The reference implementation as a judge: the PyPI package standardwebhooks, for tests.

#include <string>
#include <vector>

#include "core/http_client.hpp"

namespace notify::testing {

struct SignedMessage {
    std::string secret;
    HttpHeaders headers;
    std::string body;
};

/// True for each message the package accepts. Runs the project's Python environment once.
[[nodiscard]] std::vector<bool> Accepted(const std::vector<SignedMessage>& messages);

}  // namespace notify::testing
