#pragma once

// The bytes of an artifact as a response: whole, a part of them, or "you have them".

#include "domain/result.hpp"
#include "http/message.hpp"
#include "storage/artifact_store.hpp"

namespace notify {

/// 200; 206 or 416 for one Range (RFC 9110, 14.2; several, or another unit, ask for the whole), which
/// If-Range may withdraw; 304 for If-None-Match. A file that is not sealed is read while it is sent,
/// everything else before.
[[nodiscard]] Response SendArtifact(
    const Request& request, const ArtifactStore& artifacts, const ArtifactRef& ref
);

}  // namespace notify
