#pragma once

// What a processor may read of its item: ranged reads, wherever the bytes come from (a file, a socket, a
// store).

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/result.hpp"

namespace notify {

/// Not thread-safe: one reader at a time.
class ByteSource {
public:
    ByteSource() = default;
    ByteSource(const ByteSource&) = delete;
    ByteSource& operator=(const ByteSource&) = delete;
    virtual ~ByteSource() = default;

    /// How many bytes there are; does not change while it is read.
    [[nodiscard]] virtual std::uint64_t Size() const = 0;

    /// Reads up to `into.size()` bytes at `offset`; fewer only at the end, 0 at or past it.
    /// Errors are those of the store: kNotFound, kForbidden, kUnavailable, kConflict (the bytes changed),
    /// kStopped.
    [[nodiscard]] virtual Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) = 0;
};

}  // namespace notify
