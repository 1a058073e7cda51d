#include <string>
#include <string_view>
#include <vector>

#include "storage/event_repository.hpp"

namespace notify {

bool WantsType(const std::vector<std::string>& types, std::string_view type) {
    for (const std::string_view wanted : types) {
        const bool prefix = wanted.ends_with('*');
        if (prefix ? type.starts_with(wanted.substr(0, wanted.size() - 1)) : type == wanted) {
            return true;
        }
    }
    return types.empty();
}

}  // namespace notify
