#pragma once

// Which of the running jobs gives its worker to shorter work that waits. Decides by what it is told, times
// too.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

#include "domain/ids.hpp"

namespace notify {

/// Long ones (kLongMediaMs) give way, the one that has worked longest first. A place that was given is for
/// what is short for 45 s, and for up to four minutes more while something short has waited for long already;
/// one that was claimed before works for 45 s until it gives way again: both get on, and what is short begins
/// within a minute. One that was begun in such a place and turns out to be long gives it on at once.
/// Not thread-safe.
class GivingWay final {
public:
    using Time = std::chrono::steady_clock::time_point;

    /// What names a job: the first of its processes, with its fence.
    using Claim = std::pair<ProcessId, std::int64_t>;

    /// Whose the place of a job is that ended.
    enum class Place : std::uint8_t { kAnybodys, kOfWhatIsShort, kOfWhatIsShortAndWaited };

    /// `in_place`: in a place that another gave, because it may be short.
    void Begun(const Claim& job, bool in_place, Time now);

    /// How long its media plays, as its child tells; true when it is to be asked to give way at once.
    [[nodiscard]] bool Plays(const Claim& job, std::int64_t media_ms, Time now);

    /// kOfWhatIsShortAndWaited: its turn is over, but what waited in it is not to wait for a long one's as
    /// well.
    [[nodiscard]] Place Ended(const Claim& job, Time now);

    /// Whom to ask, when something short waits; nothing while one that was asked has not had time to leave.
    [[nodiscard]] std::optional<Claim> Next(Time now) const;

    /// Those that are long and were not asked yet.
    [[nodiscard]] std::vector<Claim> LongOnes() const;

    /// It is asked now.
    void Asked(const Claim& job, Time now);

private:
    struct Job {
        Time since;
        bool in_place = false;
        bool is_long = false;
        std::optional<Time> asked_at;
    };

    std::map<Claim, Job> jobs_;
    Time for_short_until_;  ///< The places that were given.
};

}  // namespace notify
