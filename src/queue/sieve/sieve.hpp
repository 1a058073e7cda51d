#pragma once

// What becomes of the objects that a scan finds, before they are taken in.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "queue/sieve/sequences.hpp"
#include "sources/source.hpp"

namespace notify {

/// Of one scan of one bucket: makes one object of frame sequences and clip folders
/// (queue/sieve/sequences.hpp), if the bucket wants that, then looks what its filters let pass
/// (queue/sieve/filters.hpp). Of one thread.
class Sieve final {
public:
    /// Is given every object of the scan and those that stand for many, in the order of the scan. `taken`: it
    /// is to become an item; else it is only there.
    using Sink = std::function<Result<void>(FoundObject object, bool taken)>;

    /// `bucket` outlives it. `start_after`: the key after which the listing was begun, "" for its beginning.
    Sieve(const Bucket& bucket, Timestamp now, Sink sink, std::string_view start_after = {});
    ~Sieve() = default;
    Sieve(const Sieve&) = delete;
    Sieve& operator=(const Sieve&) = delete;

    /// Errors of the sink only, here and below.
    [[nodiscard]] Result<void> Take(FoundObject object);

    /// After the last object of the scan.
    [[nodiscard]] Result<void> End();

    /// See Sequences::ResumeAfter.
    [[nodiscard]] std::string ResumeAfter() const { return sequences_.ResumeAfter(); }

    struct Counts {
        std::uint64_t filtered = 0;
        std::uint64_t many = 0;     ///< Objects that stand for many; the source told of none of them.
        std::uint64_t not_yet = 0;  ///< Too young, or frames that are still coming in.
        std::optional<Timestamp> look_again_at;  ///< When something of the latter may be taken.
    };

    [[nodiscard]] Counts Counted() const;

private:
    [[nodiscard]] Result<void> Pass(Sifted sifted);
    [[nodiscard]] bool IsTaken(const Sifted& sifted);

    const Bucket& bucket_;
    Timestamp now_;
    Sink sink_;
    Sequences sequences_;
    Counts counts_;
    std::optional<Timestamp> last_of_age_;  ///< When the youngest of the too young ones is old enough.
};

}  // namespace notify
