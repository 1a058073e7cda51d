#pragma once

// Reads the item for the child on a thread of its own, and ahead of what it asks for, so that a slow store
// neither blocks the child's supervision nor costs a round trip for every piece.

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <thread>

#include "core/byte_source.hpp"
#include "core/result.hpp"

namespace notify {

struct ReadAnswer {
    std::uint32_t id = 0;
    Result<std::string> bytes;  ///< Fewer than asked at the end only.
};

/// Asked and answered by one thread. The destructor waits for a read that is under way.
class ReadServer final {
public:
    /// `source` and `wake`, an eventfd that is signalled when an answer is there, outlive it.
    ReadServer(ByteSource& source, int wake);
    ~ReadServer() = default;
    ReadServer(const ReadServer&) = delete;
    ReadServer& operator=(const ReadServer&) = delete;

    /// Asks for `length` (≤ 1 MiB) bytes; only when the answer before was taken.
    void Ask(std::uint32_t id, std::uint64_t offset, std::uint32_t length);

    /// The answer, once it is there.
    [[nodiscard]] std::optional<ReadAnswer> TakeAnswer();

    /// True from Ask until TakeAnswer gave the answer.
    [[nodiscard]] bool IsBusy() const noexcept { return busy_; }

private:
    struct Question {
        std::uint32_t id = 0;
        std::uint64_t offset = 0;
        std::uint32_t length = 0;
    };

    void Work(const std::stop_token& stop);
    [[nodiscard]] Result<std::string> Read(const Question& question);
    [[nodiscard]] Result<void> Fill(std::uint64_t offset, std::uint64_t length);
    void ReadAhead(const Question& answered);

    ByteSource& source_;
    int wake_;
    bool busy_ = false;

    // the working thread's own
    std::string window_;
    std::uint64_t window_offset_ = 0;
    std::uint64_t next_offset_ =
        0;  ///< Where the child would read on; a question there is sequential reading.

    std::mutex mutex_;
    std::condition_variable_any arrived_;
    std::optional<Question> question_;
    std::optional<ReadAnswer> answer_;
    std::jthread thread_;
};

}  // namespace notify
