#pragma once

// Takes the messages of one queue: receive, commit what they tell of, then delete them. A message that a
// crash leaves between two of these comes again, and tells of what is known.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/source.hpp"
#include "queue/messages/message_intake.hpp"
#include "sources/access.hpp"
#include "sources/sqs/client.hpp"
#include "sources/sqs/config.hpp"
#include "sources/sqs/wire.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What a queue has given since the service started.
struct QueueState {
    SourceId source_id;
    std::string source;  ///< Its name.
    std::uint64_t received = 0;
    std::uint64_t deleted = 0;
    std::uint64_t known = 0;               ///< News that had been told before.
    std::uint64_t dead = 0;                ///< Messages that were not understood, each time that they came.
    std::optional<Timestamp> answered_at;  ///< When the queue answered last.
    std::optional<Timestamp> oldest_sent_at;  ///< Of what it answered then; nothing when that was nothing.
    std::string code;                         ///< Why it cannot be read now; "" while it can.
    std::string sentence;
};

/// How old the oldest message was that the queue answered last; zero when there was none.
[[nodiscard]] std::chrono::duration<double> OldestAge(const QueueState& state, Timestamp now) noexcept;

/// 15 s · 2^received, at most 15 min: how long a message that cannot be taken in now is hidden.
[[nodiscard]] std::chrono::seconds HiddenAfter(int received) noexcept;

/// What a reader works with; all of it outlives the reader.
struct ReaderParts {
    Storage& storage;
    const Clock& clock;
    const FindAccess& access;
    MessageIntake& intake;
    const std::function<void()>& told;  ///< Called after an event was written.
};

/// One thread. Its source's configuration is as it was when it began.
class QueueReader final {
public:
    /// `before`: what an earlier reader of the same source counted.
    QueueReader(Source source, ReaderParts parts, QueueState before);
    /// Ends at once what Finish did not end.
    ~QueueReader();
    QueueReader(const QueueReader&) = delete;
    QueueReader& operator=(const QueueReader&) = delete;

    /// Begins to end: the long poll is given up, a batch that was received is finished.
    void RequestStop() { thread_.request_stop(); }

    /// Waits for that until `deadline`, and gives up the rest: its messages come again.
    void Finish(std::chrono::steady_clock::time_point deadline);

    /// Thread-safe.
    [[nodiscard]] QueueState State() const;

private:
    void Loop(const std::stop_token& stop);
    [[nodiscard]] Result<void> Connect();
    [[nodiscard]] Result<void> RunOnce(const std::stop_token& stop);
    [[nodiscard]] Result<void> TakeBatch(const std::vector<sqs::Message>& messages);
    [[nodiscard]] Result<void> Delete(
        const std::vector<sqs::Message>& messages, const std::vector<MessageOutcome>& outcomes
    );
    void Hide(const std::vector<sqs::Message>& messages);
    [[nodiscard]] bool Redrives();
    void Note(Result<void> outcome);
    void TellRefusal(const Error& error);
    [[nodiscard]] std::chrono::milliseconds PauseAfter(
        const Result<void>& outcome, std::chrono::steady_clock::time_point begun
    ) const;

    const Source source_;
    const ReaderParts parts_;
    const SystemClock wall_;  ///< Amazon compares what is signed with its own.
    std::optional<sqs::Config> config_;
    std::shared_ptr<sqs::Client> client_;  ///< Shared by nobody else.
    std::optional<std::chrono::steady_clock::time_point> redrive_asked_at_;
    bool redrives_ = true;
    int failures_ = 0;  ///< In a row.
    bool was_empty_ = false;
    bool refused_ = false;
    std::optional<Error> cannot_delete_;  ///< Since it was last tried: the right is missing.
    mutable std::mutex mutex_;
    QueueState state_;
    bool done_ = false;
    std::condition_variable ended_;
    std::stop_source abandon_;
    std::jthread thread_;
};

}  // namespace notify
