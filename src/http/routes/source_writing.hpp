#pragma once

// What follows when a source's configuration says that the same results are written otherwise.

#include <stop_token>

#include "domain/source.hpp"
#include "http/api.hpp"

namespace notify {

/// True when results are written otherwise with the configuration of `after`.
[[nodiscard]] bool IsWrittenOtherwise(const ApiParts& parts, const Source& before, const Source& after);

/// Has what was published of the source before written anew, where IsWrittenOtherwise. What cannot be put
/// into the outbox is logged; the change itself holds.
void PublishAnew(
    const ApiParts& parts, const Source& before, const Source& after, const std::stop_token& stop
);

}  // namespace notify
