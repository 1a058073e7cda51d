#pragma once

// The parent's four descriptors of a child: lines and frames in and out, none of which ever blocks, and the
// child's log. What comes in is hostile: it is bounded and checked before anybody sees it.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/file.hpp"
#include "core/result.hpp"
#include "processors/host/spawner.hpp"
#include "processors/protocol/frames.hpp"
#include "processors/protocol/line_buffer.hpp"

namespace notify {

struct ReceivedFrame {
    ChildFrame header;
    std::string payload;
};

/// Used by one thread at a time.
class ChildStreams final {
public:
    /// Takes the descriptors out of `child`.
    explicit ChildStreams(SpawnedChild& child);

    /// Queues one line, which ends in '\n'.
    void SendLine(std::string_view line);

    /// Queues one frame.
    void SendFrame(const ParentFrame& header, std::string_view payload);

    /// Sends the frame that carries a descriptor. False when the child does not take it.
    [[nodiscard]] bool SendDescriptor(const UniqueFd& descriptor);

    /// Waits until there is something to move, `wake` (an eventfd, or -1) is signalled or the time is over,
    /// and moves what there is.
    void Exchange(std::chrono::milliseconds timeout, int wake);

    /// The next whole line that Exchange has read.
    [[nodiscard]] std::optional<std::string> NextLine() { return lines_.Next(); }

    /// The next whole frame that was sent, read now. None while frames wait to be written: a child that does
    /// not read is not read from. kInvalidArgument when the child sent what is no frame.
    [[nodiscard]] Result<std::optional<ReceivedFrame>> NextFrame();

    /// True when the child closed its descriptor 1.
    [[nodiscard]] bool IsOver() const noexcept { return !control_out_.IsOpen(); }

    /// True once the child sent a line over the limit: no line is given any more.
    [[nodiscard]] bool HasOverlongLine() const noexcept { return lines_.Overflowed(); }

    /// True while a frame waits to be written.
    [[nodiscard]] bool HasUnsentFrames() const noexcept { return !frames_out_.empty(); }

    /// No more lines are sent: the child sees the end of its input.
    void CloseInput() noexcept { control_in_.Reset(); }

    /// The last of what the child logged, at most 2 kB, for the sentence about its end.
    [[nodiscard]] const std::string& LogTail() const noexcept { return log_tail_; }

private:
    void ReadLines();
    void ReadLog();
    void TakeLog(std::string_view bytes);
    void FlushLines();
    void FlushFrames();
    [[nodiscard]] bool FillFrames(std::size_t wanted);

    int pid_;
    UniqueFd control_in_;
    UniqueFd control_out_;
    UniqueFd log_;
    UniqueFd data_;
    LineBuffer lines_{kMaxLineBytes};
    std::string lines_out_;
    std::string frames_out_;
    std::string frames_in_;
    std::string log_line_;
    std::string log_tail_;
    int logged_lines_ = 0;
};

}  // namespace notify
