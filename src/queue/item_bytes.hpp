#pragma once

// The bytes of one opened file: which they are, and whether they are still those.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/byte_source.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "sources/source.hpp"

namespace notify {

/// Asked and told while bytes are read.
struct Reading {
    std::function<Result<void>()> may_go_on;    ///< Its error ends the reading.
    std::function<void(double done)> progress;  ///< 0 … 1, at most once a second; may be empty.
};

/// Gives `take` all bytes from `from` to the end, in order, in pieces of up to 1 MiB. Errors of the bytes, of
/// `reading` and of `take`.
[[nodiscard]] Result<void> ReadInOrder(
    ByteSource& bytes,
    std::uint64_t from,
    const Reading& reading,
    const std::function<Result<void>(std::string_view)>& take
);

/// Of one thread.
class ItemBytes final {
public:
    /// `opened` need not outlive this object. Of one without a descriptor it knows only what it is told.
    explicit ItemBytes(const OpenedItem& opened);

    /// Takes the digest from somebody who read this version before.
    void Know(std::string sha256) { digest_ = std::move(sha256); }

    /// SHA-256 of the bytes as they are now. Reads them all the first time, and again when the file was
    /// touched since without its size or time of modification telling why. kConflict when it is another
    /// version now, kUnavailable when it does not come to rest or there are no
    /// more descriptors, errors of the store and of `reading`.
    [[nodiscard]] Result<std::string> Digest(const Reading& reading);

private:
    [[nodiscard]] Result<bool> WasTouched();
    [[nodiscard]] Result<std::string> ReadAll(const Reading& reading) const;

    Result<UniqueFd> descriptor_;  ///< Of our own: the job takes the item's away.
    std::optional<FileState> state_;
    std::string digest_;
};

}  // namespace notify
