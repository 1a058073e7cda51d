#pragma once

// An item in one of the formats of domain/publication.hpp.

#include <string>
#include <vector>

#include "domain/result.hpp"

namespace notify {

struct Rendering {
    std::string text;
    std::string essence;  ///< What of it is a change worth writing; "" for all of it.
    std::string unfit;    ///< "", or a sentence why the format has nothing to tell of this item.
    std::vector<ArtifactRef> pictures;  ///< That the text links to, by these names: see pictures.hpp.
};

}  // namespace notify
