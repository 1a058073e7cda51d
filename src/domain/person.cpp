#include "domain/person.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

#include "domain/named.hpp"

namespace notify {

std::string_view ToString(Certainty certainty) noexcept {
    return kCertaintyWords.at(static_cast<std::size_t>(certainty));
}

std::optional<Certainty> CertaintyFrom(std::string_view text) noexcept {
    return Named<Certainty>(kCertaintyWords, text);
}

}  // namespace notify
