#pragma once

// The child's ends of the protocol (docs/child-protocol.md): lines out on descriptor 1, frames on
// descriptor 3.

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/file.hpp"
#include "core/result.hpp"
#include "processors/processor.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

/// Used by the job's thread alone. When the parent is gone every call fails and the child leaves.
class Channel final {
public:
    Channel(int lines_out, int frames) : lines_out_(lines_out), frames_(frames) {}

    /// Writes one line of control.
    [[nodiscard]] Result<void> Say(const ChildMessage& message) const;

    /// Asks the parent for bytes of the item, at most 1 MiB. kUnavailable when the parent is gone, else its
    /// error.
    [[nodiscard]] Result<std::size_t> Read(std::uint64_t offset, std::span<std::byte> into);

    /// Sends one blob of a process, in parts.
    [[nodiscard]] Result<void> SendBlob(std::string_view process, const OutputArtifact& artifact);

    /// Receives the item's descriptor, which the parent sends right after the job line.
    [[nodiscard]] Result<UniqueFd> ReceiveDescriptor() const;

private:
    [[nodiscard]] bool Send(const ChildFrame& frame, std::string_view payload) const;

    int lines_out_;
    int frames_;
    std::uint32_t next_id_ = 1;
};

}  // namespace notify
