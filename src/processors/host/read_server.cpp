#include "processors/host/read_server.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <utility>

#include <unistd.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr std::uint64_t kAheadBytes = 1U << 20U;
constexpr std::uint64_t kLeastBytes = 64U << 10U;  // of a read somewhere else: headers lie in small pieces

}  // namespace

ReadServer::ReadServer(ByteSource& source, int wake)
    : source_(source), wake_(wake), thread_([this](const std::stop_token& stop) { Work(stop); }) {}

void ReadServer::Ask(std::uint32_t id, std::uint64_t offset, std::uint32_t length) {
    busy_ = true;
    {
        const std::scoped_lock lock(mutex_);
        question_ = Question{.id = id, .offset = offset, .length = length};
    }
    arrived_.notify_one();
}

std::optional<ReadAnswer> ReadServer::TakeAnswer() {
    const std::scoped_lock lock(mutex_);
    busy_ = busy_ && !answer_.has_value();
    return std::exchange(answer_, std::nullopt);
}

void ReadServer::Work(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (arrived_.wait(lock, stop, [this] { return question_.has_value(); })) {
        const auto question = *std::exchange(question_, std::nullopt);
        lock.unlock();
        auto bytes = Read(question);
        const bool go_on = bytes.has_value();
        lock.lock();
        answer_ = ReadAnswer{.id = question.id, .bytes = std::move(bytes)};
        lock.unlock();
        const std::uint64_t one = 1;
        static_cast<void>(::write(wake_, &one, sizeof(one)));
        if (go_on) {
            ReadAhead(question);
        }
        lock.lock();
    }
}

/// From the window; what lies behind it is read into it first.
Result<std::string> ReadServer::Read(const Question& question) {
    const auto size = source_.Size();
    const auto begin = std::min(question.offset, size);
    const auto end = std::min(begin + question.length, size);
    std::string bytes;
    bytes.reserve(end - begin);
    const bool sequential = question.offset == next_offset_;
    while (begin + bytes.size() < end) {
        const auto at = begin + bytes.size();
        if (at < window_offset_ || at >= window_offset_ + window_.size()) {
            const auto wanted = std::max(end - at, sequential ? kAheadBytes : kLeastBytes);
            if (auto filled = Fill(at, wanted); !filled) {
                return Unexpected(filled.error());
            }
            if (window_.empty()) {
                return Fail(ErrorCode::kConflict, "the item became shorter while it was read");
            }
        }
        const auto skip = at - window_offset_;
        bytes += std::string_view(window_).substr(skip, end - at);
    }
    next_offset_ = end;
    return bytes;
}

Result<void> ReadServer::Fill(std::uint64_t offset, std::uint64_t length) {
    const auto room = std::min({length, kAheadBytes, source_.Size() - offset});
    window_.resize(static_cast<std::size_t>(room));
    const auto got = source_.ReadAt(offset, std::as_writable_bytes(std::span(window_)));
    window_.resize(got ? *got : 0);
    window_offset_ = offset;
    if (!got) {
        return Unexpected(got.error());
    }
    return {};
}

/// Once the window is used up by reading on, the next one is fetched before it is asked for.
void ReadServer::ReadAhead(const Question& answered) {
    const auto window_end = window_offset_ + window_.size();
    const bool used_up = next_offset_ == window_end && answered.offset > 0 && next_offset_ < source_.Size();
    if (used_up && !Fill(next_offset_, kAheadBytes)) {
        window_.clear();  // the child hears of it when it asks
    }
}

}  // namespace notify
