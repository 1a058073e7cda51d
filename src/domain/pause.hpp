#pragma once

// What people hold back, and why.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "domain/ids.hpp"

namespace notify {

/// Of what nothing is processed while it is paused. Of a source or a bucket nothing is scanned or written
/// back, either; a node finishes what it has.
enum class PauseOf : std::uint8_t { kEverything, kSource, kBucket, kNode };

/// Their names in the same order.
inline constexpr std::array<std::string_view, 4> kPauseOfWords{"everything", "source", "bucket", "node"};

[[nodiscard]] std::string_view ToString(PauseOf of) noexcept;

struct Pause {
    PauseId id;
    PauseOf of = PauseOf::kEverything;
    std::string subject;  ///< Id of a source or a bucket, name of a node; "" for everything.
    std::string reason;   ///< A sentence of who paused it.
    std::string actor;    ///< Who: a key's id, or the command line.
    Timestamp since;
    std::optional<Timestamp> until;  ///< It ends by itself then.

    friend bool operator==(const Pause&, const Pause&) = default;
};

/// "paused since 2026-01-31T12:00:00.000Z by key_…: the store is moved".
[[nodiscard]] std::string Sentence(const Pause& pause);

}  // namespace notify
