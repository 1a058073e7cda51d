#pragma once

// The words that members and parameters of the API may be.

#include <array>
#include <string_view>

namespace notify {

inline constexpr std::array<std::string_view, 6> kStatusWords{
    "Pending", "Processing", "Completed", "Failed", "Cancelled", "Skipped"
};
inline constexpr std::array<std::string_view, 8> kBlockedByWords{
    "nothing",
    "slot",
    "retry_delay",
    "bucket_inactive",
    "source_paused",
    "storage_full",
    "processor",
    "resolving"
};
inline constexpr std::array<std::string_view, 2> kCertaintyWords{"confirmed", "possible"};
inline constexpr std::array<std::string_view, 2> kDeliveryKindWords{"webhook", "publication"};
inline constexpr std::array<std::string_view, 4> kScopeWords{"read", "write", "biometric", "admin"};

}  // namespace notify
