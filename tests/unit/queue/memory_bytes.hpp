#pragma once

// An object of a store, kept in memory, that notes how it is read.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <utility>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify::testing {

class MemoryBytes final : public ByteSource {
public:
    explicit MemoryBytes(std::string bytes) : bytes_(std::move(bytes)), size_(bytes_.size()) {}

    /// Says that it has `size` bytes, whatever it has.
    MemoryBytes(std::string bytes, std::uint64_t size) : bytes_(std::move(bytes)), size_(size) {}

    [[nodiscard]] std::uint64_t Size() const override { return size_; }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        if (offset >= breaks_at_) {
            return Fail(ErrorCode::kUnavailable, "the store broke off");
        }
        const auto from = std::min<std::uint64_t>(offset, bytes_.size());
        const auto length = std::min<std::uint64_t>(into.size(), bytes_.size() - from);
        std::memcpy(into.data(), bytes_.data() + from, length);
        read_ += length;
        return length;
    }

    std::uint64_t breaks_at_ = UINT64_MAX;
    std::uint64_t read_ = 0;  ///< Bytes, each as often as it was read.

private:
    std::string bytes_;
    std::uint64_t size_;
};

}  // namespace notify::testing
