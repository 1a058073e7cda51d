#pragma once

// An endpoint's signing secrets at rest: sealed, and the old one with the moment its rotation ends.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/event.hpp"

namespace notify {

/// The sealed secret as Endpoint::secrets holds it; it signs until `until`, or for ever.
[[nodiscard]] std::string SealEndpointSecret(
    const SecretBox& box, std::string_view secret, std::optional<Timestamp> until = std::nullopt
);

/// The secrets that sign at `now` in the clear, newest first. kInvalidArgument when one was sealed with
/// another key.
[[nodiscard]] Result<std::vector<std::string>> LiveSecrets(
    const SecretBox& box, const Endpoint& endpoint, Timestamp now
);

}  // namespace notify
