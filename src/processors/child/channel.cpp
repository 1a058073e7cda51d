#include "processors/child/channel.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "processors/processor.hpp"
#include "processors/protocol/descriptor_io.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/messages.hpp"

namespace notify {

namespace {

Unexpected Gone() {
    return Fail(ErrorCode::kUnavailable, "the service that started this processor is gone");
}

Error ReadFailure(std::string_view text) {
    const auto parsed = ParseJson(text).and_then(ErrorFromJson);
    return parsed
               ? *parsed
               : Error{
                     .code = ErrorCode::kUnavailable, .stage = "read", .message = "the bytes cannot be read"
                 };
}

}  // namespace

Result<void> Channel::Say(const ChildMessage& message) const {
    const auto line = ToLine(message);
    return WriteAll(lines_out_, line.data(), line.size()) ? Result<void>{} : Gone();
}

bool Channel::Send(const ChildFrame& frame, std::string_view payload) const {
    const auto header = Encode(frame);
    return WriteAll(frames_, header.data(), header.size()) &&
           WriteAll(frames_, payload.data(), payload.size());
}

Result<std::size_t> Channel::Read(std::uint64_t offset, std::span<std::byte> into) {
    if (into.empty()) {
        return 0;
    }
    const auto length = static_cast<std::uint32_t>(std::min<std::size_t>(into.size(), kMaxFrameBytes));
    const ChildFrame request{.kind = FrameKind::kRead, .id = next_id_++, .offset = offset, .length = length};
    std::array<std::byte, kParentFrameBytes> header{};
    if (!Send(request, {}) || !ReadAll(frames_, header.data(), header.size())) {
        return Gone();
    }
    const auto reply = DecodeParentFrame(header);
    if (!reply || reply->id != request.id || (reply->status == 0 && reply->length > length)) {
        return Fail(ErrorCode::kInternal, "the service answered another read than was asked");
    }
    if (reply->status != 0) {
        std::string text(reply->length, '\0');
        return ReadAll(frames_, text.data(), text.size()) ? Unexpected(ReadFailure(text)) : Gone();
    }
    if (!ReadAll(frames_, into.data(), reply->length)) {
        return Gone();
    }
    return reply->length;
}

Result<void> Channel::SendBlob(std::string_view process, const OutputArtifact& artifact) {
    ChildFrame frame{.kind = FrameKind::kBlob, .id = next_id_++};
    for (std::string_view rest = artifact.bytes; !rest.empty(); rest.remove_prefix(frame.length)) {
        frame.length = static_cast<std::uint32_t>(std::min<std::size_t>(rest.size(), kMaxFrameBytes));
        if (!Send(frame, rest.substr(0, frame.length))) {
            return Gone();
        }
        frame.offset += frame.length;
    }
    const auto end = ToText(
        BlobEnd{
            .process = std::string(process),
            .name = artifact.name,
            .media_type = artifact.media_type,
            .sealed = artifact.sealed,
            .size_bytes = artifact.bytes.size(),
        }
    );
    frame.kind = FrameKind::kBlobEnd;
    frame.length = static_cast<std::uint32_t>(end.size());
    return Send(frame, end) ? Result<void>{} : Gone();
}

Result<UniqueFd> Channel::ReceiveDescriptor() const {
    std::array<std::byte, kParentFrameBytes> header{};
    auto descriptor = ReceiveWithDescriptor(frames_, header);
    const auto frame = DecodeParentFrame(header);
    if (!descriptor.IsOpen() || !frame || frame->id != kDescriptorFrameId) {
        return Gone();
    }
    return descriptor;
}

}  // namespace notify
