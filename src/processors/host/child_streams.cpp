#include "processors/host/child_streams.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <poll.h>
#include <sys/poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/file.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "processors/host/spawner.hpp"
#include "processors/protocol/descriptor_io.hpp"
#include "processors/protocol/frames.hpp"

namespace notify {

namespace {

constexpr std::size_t kReadBytes = 64U << 10U;
constexpr std::size_t kLogLineBytes = 1000;
constexpr std::size_t kLogTailBytes = 2000;
constexpr int kMaxLogLines = 2000;  // of one child: what it says after that is read and dropped

/// Reads once. Closes `fd` at its end or at an error; empty when there is nothing now.
std::string_view ReadSome(UniqueFd& fd, std::span<char> into) {
    if (!fd.IsOpen()) {
        return {};
    }
    const auto got = ::read(fd.Get(), into.data(), into.size());
    if (got > 0) {
        return {into.data(), static_cast<std::size_t>(got)};
    }
    if (got == 0 || (errno != EAGAIN && errno != EINTR)) {
        fd.Reset();
    }
    return {};
}

/// Writes what goes and removes it from `bytes`; closes `fd` and forgets `bytes` when nobody reads any more.
void WriteSome(UniqueFd& fd, std::string& bytes) {
    std::size_t written = 0;
    while (fd.IsOpen() && written < bytes.size()) {
        const auto rest = std::string_view(bytes).substr(written);
        const auto count = ::send(fd.Get(), rest.data(), rest.size(), MSG_NOSIGNAL);
        if (count < 0 && errno == EAGAIN) {
            break;
        }
        if (count < 0 && errno != EINTR) {
            fd.Reset();
            break;
        }
        written += count > 0 ? static_cast<std::size_t>(count) : 0;
    }
    bytes.erase(0, fd.IsOpen() ? written : bytes.size());
}

std::span<const std::byte, kChildFrameBytes> HeaderOf(const std::string& bytes) {
    return std::as_bytes(std::span(bytes)).first<kChildFrameBytes>();
}

}  // namespace

ChildStreams::ChildStreams(SpawnedChild& child)
    : pid_(child.pid),
      control_in_(std::move(child.control_in)),
      control_out_(std::move(child.control_out)),
      log_(std::move(child.log)),
      data_(std::move(child.data)) {}

void ChildStreams::SendLine(std::string_view line) {
    lines_out_ += line;
    FlushLines();
}

void ChildStreams::SendFrame(const ParentFrame& header, std::string_view payload) {
    const auto bytes = Encode(header);
    frames_out_.append(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    frames_out_ += payload;
    FlushFrames();
}

bool ChildStreams::SendDescriptor(const UniqueFd& descriptor) {
    auto header = Encode(ParentFrame{.id = kDescriptorFrameId, .status = 0, .length = 0});
    return frames_out_.empty() && data_.IsOpen() && SendWithDescriptor(data_.Get(), header, descriptor);
}

void ChildStreams::Exchange(std::chrono::milliseconds timeout, int wake) {
    const auto out = [](const std::string& bytes) { return static_cast<short>(bytes.empty() ? 0 : POLLOUT); };
    // A child that does not read its frames is not read from (NextFrame), so its frames do not wake us
    // either.
    const auto data_events = frames_out_.empty() ? static_cast<short>(POLLIN) : static_cast<short>(POLLOUT);
    std::array<pollfd, 5> polled{{
        {.fd = lines_out_.empty() ? -1 : control_in_.Get(), .events = out(lines_out_), .revents = 0},
        {.fd = control_out_.Get(), .events = POLLIN, .revents = 0},
        {.fd = log_.Get(), .events = POLLIN, .revents = 0},
        {.fd = data_.Get(), .events = data_events, .revents = 0},
        {.fd = wake, .events = POLLIN, .revents = 0},
    }};
    if (::poll(polled.data(), polled.size(), static_cast<int>(timeout.count())) <= 0) {
        return;
    }
    if (polled[4].revents != 0) {
        std::uint64_t count = 0;
        static_cast<void>(::read(wake, &count, sizeof(count)));
    }
    FlushLines();
    FlushFrames();
    ReadLog();
    ReadLines();
}

void ChildStreams::ReadLines() {
    std::array<char, kReadBytes> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read into
    lines_.Append(ReadSome(control_out_, buffer));
}

void ChildStreams::ReadLog() {
    std::array<char, kReadBytes> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read into
    TakeLog(ReadSome(log_, buffer));
}

void ChildStreams::TakeLog(std::string_view bytes) {
    log_tail_ += bytes;
    log_tail_.erase(0, log_tail_.size() - std::min(log_tail_.size(), kLogTailBytes));
    for (const char c : bytes) {
        if (c != '\n') {
            if (log_line_.size() < kLogLineBytes) {
                log_line_ += c;
            }
            continue;
        }
        if (logged_lines_++ < kMaxLogLines) {
            Log(LogLevel::kDebug, "processor", {{"pid", pid_}, {"line", log_line_}});
        }
        log_line_.clear();
    }
}

void ChildStreams::FlushLines() {
    WriteSome(control_in_, lines_out_);
}

void ChildStreams::FlushFrames() {
    WriteSome(data_, frames_out_);
}

/// True when `wanted` bytes of the next frame are there.
bool ChildStreams::FillFrames(std::size_t wanted) {
    std::array<char, kReadBytes> buffer;  // NOLINT(cppcoreguidelines-pro-type-member-init): read into
    while (frames_in_.size() < wanted) {
        const auto room = std::min(buffer.size(), wanted - frames_in_.size());
        const auto got = ReadSome(data_, std::span(buffer).first(room));
        if (got.empty()) {
            return false;
        }
        frames_in_ += got;
    }
    return true;
}

Result<std::optional<ReceivedFrame>> ChildStreams::NextFrame() {
    if (HasUnsentFrames() || !FillFrames(kChildFrameBytes)) {
        return std::nullopt;
    }
    const auto header = DecodeChildFrame(HeaderOf(frames_in_));
    if (!header) {
        return Unexpected(header.error());
    }
    if (!FillFrames(kChildFrameBytes + header->PayloadBytes())) {
        return std::nullopt;
    }
    ReceivedFrame frame{.header = *header, .payload = frames_in_.substr(kChildFrameBytes)};
    frames_in_.clear();
    return frame;
}

}  // namespace notify
