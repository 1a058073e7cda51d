#pragma once

// An item in one of the formats of domain/publication.hpp.

#include <string>

namespace notify {

struct Rendering {
    std::string text;
    std::string essence;  ///< What of it is a change worth writing; "" for all of it.
    std::string unfit;    ///< "", or a sentence why the format has nothing to tell of this item.
};

}  // namespace notify
