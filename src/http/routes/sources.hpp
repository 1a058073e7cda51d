#pragma once

// What routes need of sources.

#include <string>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The source of that kind: one for each local store is enough, made when it is first needed.
[[nodiscard]] Result<SourceId> SourceFor(Transaction& transaction, const std::string& kind, Timestamp now);

}  // namespace notify
