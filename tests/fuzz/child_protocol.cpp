// Both ends of the child protocol: control lines and data frames, as a hostile other end would send them.
// An input is '0', a byte for how the lines arrive, and lines; '1' and frames of a child; '2' and frames of a
// parent.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "fuzz/promise.hpp"
#include "processors/host/blob_collector.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/line_buffer.hpp"
#include "processors/protocol/messages.hpp"

namespace notify::fuzz {
namespace {

constexpr std::size_t kLineLimit = 2048;

void CheckRefused(const Error& error) {
    Promise(error.code == ErrorCode::kInvalidArgument, "what breaks the protocol is an invalid argument");
    Promise(!error.message.empty(), "what breaks the protocol is refused with a sentence");
}

/// What was read is written, and read again as the same.
template <class Message>
void CheckMessage(
    const Result<Message>& message,
    Result<Message> (*read)(std::string_view),
    std::string (*write)(const Message&)
) {
    if (!message) {
        CheckRefused(message.error());
        return;
    }
    auto text = write(*message);
    if (text.ends_with('\n')) {
        text.pop_back();
    }
    Promise(text.find('\n') == std::string::npos, "a message is one line");
    const auto again = read(text);
    Promise(again.has_value(), "a message that was read can be written and read again");
    auto twice = write(*again);
    Promise(twice.starts_with(text) && twice.size() <= text.size() + 1, "a message is written as it was");
}

void CheckLine(std::string_view line) {
    CheckMessage<ParentMessage>(ParseParentMessage(line), &ParseParentMessage, &ToLine);
    CheckMessage<ChildMessage>(ParseChildMessage(line), &ParseChildMessage, &ToLine);
    CheckMessage<BlobEnd>(ParseBlobEnd(line), &ParseBlobEnd, &ToText);
}

void TryLines(std::string_view text) {
    if (text.empty()) {
        return;
    }
    const auto step = std::size_t{static_cast<unsigned char>(text.front())} + 1;
    text.remove_prefix(1);
    LineBuffer buffer(kLineLimit);
    auto rest = text;
    for (std::size_t at = 0; at < text.size(); at += step) {
        buffer.Append(text.substr(at, step));
        while (const auto line = buffer.Next()) {
            Promise(line->size() <= kLineLimit, "a line is as long as it may be");
            Promise(
                rest.starts_with(*line) && rest.substr(line->size()).starts_with('\n'),
                "lines come out as they went in, however they are cut"
            );
            rest.remove_prefix(line->size() + 1);
            CheckLine(*line);
        }
    }
    const auto end = std::min(rest.find('\n'), rest.size());
    Promise(buffer.Overflowed() == (end > kLineLimit), "a line that is too long is noticed");
    Promise(buffer.Overflowed() || end == rest.size(), "every whole line comes out");
}

void TryChildFrames(std::string_view bytes) {
    BlobCollector collector({"prc_1", "prc_2"});
    while (bytes.size() >= kChildFrameBytes) {
        const auto header = std::as_bytes(std::span(bytes)).first<kChildFrameBytes>();
        const auto frame = DecodeChildFrame(header);
        if (!frame) {
            CheckRefused(frame.error());
            break;
        }
        Promise(std::ranges::equal(Encode(*frame), header), "a frame's header is written as it was");
        bytes.remove_prefix(kChildFrameBytes);
        const auto payload = bytes.substr(0, frame->PayloadBytes());
        bytes.remove_prefix(payload.size());
        if (frame->kind == FrameKind::kRead || payload.size() < frame->PayloadBytes()) {
            continue;  // a frame that never came whole
        }
        if (const auto taken = collector.Take(*frame, payload); !taken) {
            CheckRefused(taken.error());
            break;
        }
    }
    const auto blobs = collector.Collect("prc_1", {"document"});
    if (!blobs) {
        CheckRefused(blobs.error());
        return;
    }
    Promise(ParseJson(blobs->document).has_value(), "a document that was taken can be read");
    Promise(blobs->document.starts_with('{') && blobs->artifacts.empty(), "a result is what was sent");
}

void TryParentFrames(std::string_view bytes) {
    while (bytes.size() >= kParentFrameBytes) {
        const auto header = std::as_bytes(std::span(bytes)).first<kParentFrameBytes>();
        const auto frame = DecodeParentFrame(header);
        if (!frame) {
            CheckRefused(frame.error());
            return;
        }
        Promise(std::ranges::equal(Encode(*frame), header), "a frame's header is written as it was");
        Promise(frame->length <= kMaxFrameBytes, "a frame is as long as it may be");
        bytes.remove_prefix(kParentFrameBytes);
        bytes.remove_prefix(std::min<std::size_t>(bytes.size(), frame->length));
    }
}

}  // namespace
}  // namespace notify::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace notify::fuzz;  // the hook has no namespace
    if (size == 0) {
        return 0;
    }
    const std::string_view rest(reinterpret_cast<const char*>(data) + 1, size - 1);
    switch (data[0] % 3) {
        case 0:
            TryLines(rest);
            break;
        case 1:
            TryChildFrames(rest);
            break;
        default:
            TryParentFrames(rest);
            break;
    }
    return 0;
}
