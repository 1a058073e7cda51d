#pragma once

// The words that members and parameters of the API may be.

#include <array>
#include <string_view>

#include "domain/people_edit.hpp"  // IWYU pragma: export
#include "domain/person.hpp"       // IWYU pragma: export
#include "domain/status.hpp"       // IWYU pragma: export

namespace notify {

inline constexpr std::array<std::string_view, 2> kDeliveryKindWords{"webhook", "publication"};
inline constexpr std::array<std::string_view, 4> kEndpointStateWords{
    "ENABLED", "FAILING", "PAUSED", "DISABLED"
};
inline constexpr std::array<std::string_view, 2> kExpiryWords{"7d", "24h"};
inline constexpr std::array<std::string_view, 6> kScopeWords{
    "read", "write", "people", "webhooks", "biometric", "admin"
};

}  // namespace notify
