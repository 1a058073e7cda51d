#pragma once

// How far the scan of a bucket came whose store lists keys in order, or from when on changes are looked at.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"

namespace notify {

/// A part of a scan whose keys are listed by several streams: those behind `after`, up to and with `through`.
struct ScanRange {
    std::string after;
    std::optional<std::string> through;  ///< Nothing: to the last key.
    std::string position;                ///< As ScanState's, within this range.
    bool done = false;                   ///< It was looked through to its end.
};

/// The bucket's last scan: it is going on or was cut while `finished_at` is not set.
struct ScanState {
    std::int64_t number = 1;  ///< Counts the bucket's scans; one that was cut and goes on keeps its number.
    Timestamp started_at;
    std::string scope;     ///< Which objects counted when it began; with another it cannot go on.
    std::string position;  ///< What is at the keys up to this one is durably taken in; ranges have their own.
    Timestamp position_at;
    std::uint64_t seen = 0;  ///< Objects told; those that are looked at again after a cut count once more.
    std::optional<Timestamp> finished_at;
    /// When the last scan began that looked at everything and ended well. Of a source that tells what
    /// changed; its later scans looked at that only.
    std::optional<Timestamp> whole_at;
    /// Keys of what such a source's last scan could not look at: the next one looks at each by itself.
    std::vector<std::string> left_out;
};

}  // namespace notify
