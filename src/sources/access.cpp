#include "sources/access.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace notify {

bool IsCredentialSetting(std::string_view name) {
    constexpr std::array<std::string_view, 4> kPrefixes{"STORE_", "AWS_", "DATACORE_", "ICONIK_"};
    const bool begins =
        std::ranges::any_of(kPrefixes, [&](std::string_view prefix) { return name.starts_with(prefix); });
    return begins && std::ranges::all_of(name, [](char c) {
               return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
           });
}

}  // namespace notify
