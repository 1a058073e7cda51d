#pragma once

// The bytes of one opened item: which they are, and whether they are still those.

#include <functional>
#include <optional>
#include <string>

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

/// Of one thread.
class ItemBytes final {
public:
    /// `opened` need not outlive this object, but its reader must live until the first Digest.
    explicit ItemBytes(const OpenedItem& opened);

    /// Takes the digest from somebody who read this version before.
    void Know(std::string sha256) { digest_ = std::move(sha256); }

    /// SHA-256 of the bytes as they are now. Reads them all the first time, and again when the file was
    /// touched since without its size or time of modification telling why. kConflict when it is another
    /// version now, kUnavailable when it does not come to rest, errors of the store and of `reading`.
    [[nodiscard]] Result<std::string> Digest(const Reading& reading);

private:
    [[nodiscard]] Result<bool> WasTouched();
    [[nodiscard]] Result<std::string> ReadAll(const Reading& reading) const;

    UniqueFd descriptor_;  ///< Of our own: the job takes the item's away.
    ByteSource* reader_;   ///< Null for a file. A store's reader tells by itself when the object changes.
    std::optional<FileState> state_;
    std::string digest_;
};

}  // namespace notify
