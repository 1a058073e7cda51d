#pragma once

// The `checksum` processor: what the bytes are, for fixity.

#include <memory>

#include "processors/processor.hpp"

namespace notify {

/// Document: {"schema": "checksum/1", "sha256", "size_bytes", "media_type"}.
[[nodiscard]] std::unique_ptr<WholeItem> MakeChecksum();

}  // namespace notify
