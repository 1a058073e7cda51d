#pragma once

// What may be given as the credential of a source.

#include "core/result.hpp"
#include "http/views_sources.hpp"
#include "sources/access.hpp"

namespace notify {

/// Either a token or a key pair. kInvalidArgument with the JSON pointer.
[[nodiscard]] Result<Secret> SecretFrom(const view::NewSecret& wanted);

}  // namespace notify
