#include "queue/sieve/gathering.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

constexpr std::chrono::milliseconds kLongestPause = std::chrono::minutes(10);
constexpr int kPauses = 4;

}  // namespace

void Gathering::Add(const FoundObject& object) {
    ++count;
    bytes += object.size_bytes;
    oldest = std::min(oldest, object.modified_at);
    newest = std::max(newest, object.modified_at);
}

std::string Gathering::Version() const {
    return fmt::format("{}-{}-{}", count, bytes, ToMillis(newest));
}

Timestamp Gathering::CompleteAt(std::chrono::milliseconds settle, Timestamp now) const {
    if (newest > now) {
        return now;
    }
    const auto between = (newest - oldest) / static_cast<std::int64_t>(std::max<std::uint64_t>(count, 1));
    return newest + std::max(settle, std::min(kPauses * between, kLongestPause));
}

}  // namespace notify
