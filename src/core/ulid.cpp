#include "core/ulid.hpp"

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

/// The ULID of a later millisecond than the last one, else the one that follows the last one.
/// Source: "Monotonicity" of the ULID specification.
std::string NextUlid() {
    static std::mutex mutex;
    static std::string last(26, '0');
    auto next = MakeUlid(SystemClock().Now());
    const std::scoped_lock lock(mutex);
    if (next.compare(0, 10, last, 0, 10) <= 0) {
        next = last;
        for (std::size_t i = next.size(); i-- > 0;) {
            const auto digit = kAlphabet.find(next[i]);
            next[i] = kAlphabet[(digit + 1) % kAlphabet.size()];
            if (digit + 1 < kAlphabet.size()) {
                break;
            }
        }
    }
    last = next;
    return next;
}

}  // namespace

std::string MakeId(std::string_view prefix) {
    return fmt::format("{}_{}", prefix, NextUlid());
}

}  // namespace notify
