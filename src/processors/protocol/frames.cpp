#include "processors/protocol/frames.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

template <class T>
void Put(std::byte* to, T value) {
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        to[i] = static_cast<std::byte>(value >> (8 * i));
    }
}

template <class T>
T Get(const std::byte* from) {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i) {
        value |= static_cast<T>(std::to_integer<T>(from[i]) << (8 * i));
    }
    return value;
}

Unexpected BadFrame(std::string what) {
    return Fail(ErrorCode::kInvalidArgument, "bad frame: " + std::move(what));
}

}  // namespace

std::array<std::byte, kChildFrameBytes> Encode(const ChildFrame& frame) {
    std::array<std::byte, kChildFrameBytes> bytes{};
    Put(bytes.data(), static_cast<std::uint32_t>(frame.kind));
    Put(bytes.data() + 4, frame.id);
    Put(bytes.data() + 8, frame.offset);
    Put(bytes.data() + 16, frame.length);
    return bytes;
}

std::array<std::byte, kParentFrameBytes> Encode(const ParentFrame& frame) {
    std::array<std::byte, kParentFrameBytes> bytes{};
    Put(bytes.data(), frame.id);
    Put(bytes.data() + 4, frame.status);
    Put(bytes.data() + 8, frame.length);
    return bytes;
}

Result<ChildFrame> DecodeChildFrame(std::span<const std::byte, kChildFrameBytes> bytes) {
    const auto kind = Get<std::uint32_t>(bytes.data());
    const ChildFrame frame{
        .kind = static_cast<FrameKind>(kind),
        .id = Get<std::uint32_t>(bytes.data() + 4),
        .offset = Get<std::uint64_t>(bytes.data() + 8),
        .length = Get<std::uint32_t>(bytes.data() + 16),
    };
    if (kind < 1 || kind > 3) {
        return BadFrame(fmt::format("there is no kind {}", kind));
    }
    if (frame.length == 0 || frame.length > kMaxFrameBytes) {
        return BadFrame(fmt::format("a length of {} is not allowed", frame.length));
    }
    if (Get<std::uint32_t>(bytes.data() + 20) != 0) {
        return BadFrame("reserved bits are set");
    }
    return frame;
}

Result<ParentFrame> DecodeParentFrame(std::span<const std::byte, kParentFrameBytes> bytes) {
    const ParentFrame frame{
        .id = Get<std::uint32_t>(bytes.data()),
        .status = Get<std::uint32_t>(bytes.data() + 4),
        .length = Get<std::uint32_t>(bytes.data() + 8),
    };
    if (frame.status > 1 || frame.length > kMaxFrameBytes || Get<std::uint32_t>(bytes.data() + 12) != 0) {
        return BadFrame(fmt::format("status {}, length {}", frame.status, frame.length));
    }
    return frame;
}

}  // namespace notify
