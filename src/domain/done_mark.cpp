#include "domain/done_mark.hpp"

#include <string_view>

#include "core/clock.hpp"

namespace notify {

bool Covers(const DoneMark& mark, std::string_view version, Timestamp modified_at) {
    if (mark.version.empty()) {
        return modified_at <= mark.at;
    }
    // an item's version may be the ETag with the size behind it
    const auto rest = version.substr(version.starts_with(mark.version) ? mark.version.size() : 0);
    return version.starts_with(mark.version) && (rest.empty() || rest.starts_with('-'));
}

}  // namespace notify
