#pragma once

// The binary frames of the data socket (docs/child-protocol.md): their headers, checked when they are read.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/result.hpp"

namespace notify {

inline constexpr int kDataDescriptor = 3;
inline constexpr std::uint32_t kMaxFrameBytes = 1U << 20U;
inline constexpr std::size_t kChildFrameBytes = 24;
inline constexpr std::size_t kParentFrameBytes = 16;

/// What a process may give: bytes of all its blobs, their number, and bytes of its document among them.
inline constexpr std::uint64_t kMaxBlobBytesOfProcess = 256ULL << 20U;
inline constexpr std::size_t kMaxBlobsOfProcess = 4096;
inline constexpr std::uint64_t kMaxDocumentBytes = 32ULL << 20U;

/// The id of the frame that carries a descriptor instead of bytes.
inline constexpr std::uint32_t kDescriptorFrameId = 0xFFFFFFFFU;

// NOLINTNEXTLINE(performance-enum-size): as wide as in the frame
enum class FrameKind : std::uint32_t { kRead = 1, kBlob = 2, kBlobEnd = 3 };

/// Header of a frame from the child.
struct ChildFrame {
    FrameKind kind = FrameKind::kRead;
    std::uint32_t id = 0;
    std::uint64_t offset = 0;
    std::uint32_t length = 0;

    /// How many bytes follow the header.
    [[nodiscard]] std::uint32_t PayloadBytes() const noexcept {
        return kind == FrameKind::kRead ? 0 : length;
    }

    friend bool operator==(const ChildFrame&, const ChildFrame&) = default;
};

/// Header of a frame from the parent; `length` bytes follow.
struct ParentFrame {
    std::uint32_t id = 0;
    std::uint32_t status = 0;  ///< 0: bytes of the item; 1: an error as JSON.
    std::uint32_t length = 0;

    friend bool operator==(const ParentFrame&, const ParentFrame&) = default;
};

[[nodiscard]] std::array<std::byte, kChildFrameBytes> Encode(const ChildFrame& frame);
[[nodiscard]] std::array<std::byte, kParentFrameBytes> Encode(const ParentFrame& frame);

/// kInvalidArgument for an unknown kind, a length that is over the limit or 0, or reserved bits that are set.
[[nodiscard]] Result<ChildFrame> DecodeChildFrame(std::span<const std::byte, kChildFrameBytes> bytes);

/// kInvalidArgument for an unknown status, a length over the limit, or reserved bits that are set.
[[nodiscard]] Result<ParentFrame> DecodeParentFrame(std::span<const std::byte, kParentFrameBytes> bytes);

}  // namespace notify
