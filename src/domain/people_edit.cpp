#include "domain/people_edit.hpp"

#include <cstddef>
#include <string_view>

namespace notify {

std::string_view ToString(EditKind kind) noexcept {
    return kEditKindWords.at(static_cast<std::size_t>(kind));
}

std::string_view ToString(EditOutcome outcome) noexcept {
    return kEditOutcomeWords.at(static_cast<std::size_t>(outcome));
}

}  // namespace notify
