#pragma once

// Randomness: from the system for secrets and ids, never seeded by hand. Thread-safe.

#include <cstddef>
#include <string>

namespace notify {

/// `count` bytes from the operating system's generator, fit for keys. Ends the program if there are none to
/// be had.
[[nodiscard]] std::string RandomBytes(std::size_t count);

/// Uniform in [low, high), for jitter only.
[[nodiscard]] double RandomBetween(double low, double high);

}  // namespace notify
