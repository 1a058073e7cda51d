#pragma once

// How others ask for a source without knowing the registry.

#include <functional>
#include <string_view>

#include "core/result.hpp"
#include "sources/source.hpp"

namespace notify {

/// The connection for a store kind; borrowed. SourceRegistry::Find in the service. Thread-safe.
using SourceOfKind = std::function<Result<SourceConnection*>(std::string_view kind)>;

}  // namespace notify
