#pragma once

// People whom a source's person map lacks: each is warned of once.

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "sources/iconik/segments.hpp"

namespace notify::iconik {

/// Thread-safe.
class UnmappedPeople final {
public:
    /// Logs a warning for each of their people that was not seen before; of the first 10,000.
    void Note(const std::vector<Segment>& wanted);

private:
    std::mutex mutex_;
    std::set<std::string> told_;
};

}  // namespace notify::iconik
