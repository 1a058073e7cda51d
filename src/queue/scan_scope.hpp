#pragma once

// Which objects of a bucket count.

#include <string>

#include "domain/bucket.hpp"

namespace notify {

/// Another text when other objects count: the bucket's place, globs, filters or sequences changed.
[[nodiscard]] std::string ScopeOf(const Bucket& bucket);

}  // namespace notify
