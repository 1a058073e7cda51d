#pragma once

// What is known of many objects that together become one.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <string>

#include "core/clock.hpp"
#include "sources/source.hpp"

namespace notify {

/// Sums over the objects, whatever their number.
struct Gathering {
    std::uint64_t count = 0;
    std::uint64_t bytes = 0;
    Timestamp oldest = Timestamp::max();
    Timestamp newest = Timestamp::min();

    void Add(const FoundObject& object);

    /// "240-12884901888-1795861800000": how many, their bytes together, the last change in ms since 1970.
    [[nodiscard]] std::string Version() const;

    /// When nothing more is likely to come: after a pause of four times the average between two of them, but
    /// at least `settle` and at most ten minutes. For times ahead of `now`, which a camera's clock may have
    /// given: `now`.
    [[nodiscard]] Timestamp CompleteAt(std::chrono::milliseconds settle, Timestamp now) const;
};

}  // namespace notify
