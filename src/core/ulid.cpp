#include "core/ulid.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/random.hpp"

namespace notify {

namespace {

constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

}  // namespace

std::string MakeUlid(Timestamp now) {
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

namespace {

/// The one that follows the last one, or in a new millisecond one of that.
/// Source: "Monotonicity" of the ULID specification.
std::string NextUlid() {
    static std::mutex mutex;
    static std::string last(26, '0');
    static std::int64_t last_millis = 0;
    const auto now = SystemClock().Now();
    const std::scoped_lock lock(mutex);
    if (ToMillis(now) > last_millis) {
        last_millis = ToMillis(now);
        last = std::max(MakeUlid(now), last);
    }
    for (std::size_t i = last.size(); i-- > 0;) {
        const auto digit = kAlphabet.find(last[i]);
        last[i] = kAlphabet[(digit + 1) % kAlphabet.size()];
        if (digit + 1 < kAlphabet.size()) {
            break;
        }
    }
    return last;
}

}  // namespace

std::string MakeId(std::string_view prefix) {
    return fmt::format("{}_{}", prefix, NextUlid());
}

}  // namespace notify
