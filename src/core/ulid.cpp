#include "core/ulid.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/random.hpp"

namespace notify {

std::string MakeUlid(Timestamp now) {
    static constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
    std::string text(26, '0');
    auto millis = static_cast<std::uint64_t>(ToMillis(now));
    for (std::size_t i = 10; i-- > 0; millis >>= 5U) {
        text[i] = kAlphabet[millis & 31U];
    }
    const auto random = RandomBytes(16);
    for (std::size_t i = 0; i < 16; ++i) {
        text[10 + i] = kAlphabet[static_cast<std::uint8_t>(random[i]) & 31U];
    }
    return text;
}

std::string MakeId(std::string_view prefix) {
    return fmt::format("{}_{}", prefix, MakeUlid(SystemClock().Now()));
}

}  // namespace notify
