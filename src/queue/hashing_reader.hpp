#pragma once

// The digest of an object's bytes, taken while its job reads them.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "core/byte_source.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "queue/item_bytes.hpp"

namespace notify {

/// Passes reads on, and digests what comes in order from the first byte on: a digest needs the bytes in their
/// order, so whatever a job read beyond the first gap has to be read once more. A job that reads all from the
/// beginning to the end costs nothing more; one that reads pieces costs up to one more pass. One thread at a
/// time.
class HashingReader final : public ByteSource {
public:
    explicit HashingReader(std::unique_ptr<ByteSource> bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_->Size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override;

    /// Reads on from the first gap to the end; SHA-256 of all. Call once. Errors of the store and of
    /// `reading`; kUnavailable when fewer bytes came than Size() says.
    [[nodiscard]] Result<std::string> Finish(const Reading& reading);

private:
    std::unique_ptr<ByteSource> bytes_;
    Sha256 hash_;
    std::uint64_t hashed_ = 0;  ///< So many bytes from the first on.
};

/// Lends bytes to somebody who wants to own them; they outlive it.
class LentBytes final : public ByteSource {
public:
    explicit LentBytes(ByteSource& bytes) : bytes_(bytes) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_.Size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        return bytes_.ReadAt(offset, into);
    }

private:
    ByteSource& bytes_;
};

}  // namespace notify
