#pragma once

// The named data of a shared library, read from its bytes: the library is never loaded and never run.

#include <cstddef>
#include <map>
#include <span>
#include <string>

#include "core/result.hpp"

namespace notify {

/// Name of a data symbol → its bytes, which lie inside the library they were read from.
using ElfSymbols = std::map<std::string, std::span<const std::byte>, std::less<>>;

/// Every data symbol (STT_OBJECT with bytes in the file) of an ELF64 little-endian library; functions,
/// undefined and zero-filled symbols are left out. The spans point into `library`, which must outlive them.
/// Safe on hostile bytes: what lies outside the file is refused. kInvalidArgument with the reason.
/// Thread-safe.
[[nodiscard]] Result<ElfSymbols> ReadElfSymbols(std::span<const std::byte> library);

}  // namespace notify
