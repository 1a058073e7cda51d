#pragma once

// Takes a store's object to the disk, in one pass and hashed on the way, so that its job reads a local file.

#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>

#include "core/byte_source.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "queue/item_bytes.hpp"

namespace notify {

struct SpoolSettings {
    std::filesystem::path folder;
    std::uint64_t most_bytes = 20'000'000'000;    ///< Of one object; a larger one is not spooled.
    std::uint64_t reserve_bytes = 2'000'000'000;  ///< What stays free on the disk.
};

/// An object on the disk. The file has no name: it is gone with its last descriptor, also after kill -9.
struct Spooled {
    UniqueFd descriptor;  ///< Read-only.
    std::string sha256;
};

/// Thread-safe.
class Spool final {
public:
    explicit Spool(SpoolSettings settings) : settings_(std::move(settings)) {}

    /// Reads all of `bytes` in order. Nothing when the object is too large, the disk has no room for it, or
    /// its file system knows no files without a name: then it is to be read from the store. Errors of the
    /// store and of `reading`; kUnavailable when fewer bytes came than Size() says; kStorageFull.
    [[nodiscard]] Result<std::optional<Spooled>> Take(ByteSource& bytes, const Reading& reading);

private:
    [[nodiscard]] UniqueFd Reserve(std::uint64_t size);

    const SpoolSettings settings_;
    std::mutex reserving_;  ///< So that two do not take the same room.
};

}  // namespace notify
