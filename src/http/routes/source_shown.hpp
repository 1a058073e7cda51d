#pragma once

// How the API shows a source.

#include <vector>

#include "domain/source.hpp"
#include "http/api.hpp"
#include "http/views_sources.hpp"

namespace notify {

/// No secret is shown; of a queue of messages also what it has given, of Iconik how our webhooks stand there.
[[nodiscard]] view::SourceView ShowSource(
    const ApiParts& parts, const Source& source, const std::vector<SourceSecret>& secrets
);

/// Of what is shown only what people edit, for tags; asks nobody.
[[nodiscard]] view::SourceView ShowEdited(const Source& source);

}  // namespace notify
