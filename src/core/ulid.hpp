#pragma once

// Identifiers that sort by the moment they were made (ULID: 48 bits of time, 80 random bits, Crockford base
// 32).

#include <string>
#include <string_view>

#include "core/clock.hpp"

namespace notify {

/// 26 characters. Two calls never return the same text; later ones sort after earlier ones of another
/// millisecond.
[[nodiscard]] std::string MakeUlid(Timestamp now);

/// `prefix` + "_" + a ULID of the present moment: "itm_01K…". In this process each sorts after all that were
/// made before it, with one prefix. Thread-safe.
[[nodiscard]] std::string MakeId(std::string_view prefix);

}  // namespace notify
