#pragma once

// A place in long work that it can go on from.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace notify {

/// What a process goes on with; the bytes are its processor's own. They hold biometric data.
struct Checkpoint {
    std::int64_t position_ms = 0;    ///< Media time up to which everything is done.
    std::string open;                ///< What is not ended there.
    std::vector<std::string> ended;  ///< What ended before, in order.
};

/// A checkpoint as what is new since the one before it.
struct CheckpointStep {
    std::int64_t position_ms = 0;
    std::string open;                ///< In place of the one before.
    std::size_t ended_before = 0;    ///< So many parts of what ended stand; those behind them count no more.
    std::vector<std::string> ended;  ///< Follow them. May be empty.
};

/// How long work went.
struct LongWork {
    std::int64_t media_ms = 0;       ///< How long its media plays.
    std::int64_t resumed_at_ms = 0;  ///< Where in it the work last went on; 0: it began with the first frame.
    int gave_way = 0;  ///< How often it was left, so that shorter work could begin or the service stop.
};

/// Media that plays as long is long work: it gives way, and what plays less long, or nobody knows how long,
/// goes before it.
inline constexpr std::int64_t kLongMediaMs = std::int64_t{5} * 60'000;

}  // namespace notify
