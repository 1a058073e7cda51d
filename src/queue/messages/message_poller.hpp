#pragma once

// The queue message poller: a reader for each source that is a queue of messages.

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "queue/messages/message_intake.hpp"
#include "queue/messages/queue_reader.hpp"
#include "sources/access.hpp"
#include "storage/storage.hpp"

namespace notify {

/// One thread that looks every 2 seconds which such sources there are, and one for each of them. What is
/// borrowed outlives it.
class MessagePoller final {
public:
    /// `told` is called after an event was written.
    MessagePoller(
        Storage& storage,
        const Clock& clock,
        FindAccess access,
        MessageIntake& intake,
        std::function<void()> told
    );
    ~MessagePoller();
    MessagePoller(const MessagePoller&) = delete;
    MessagePoller& operator=(const MessagePoller&) = delete;

    void Start();

    /// Gives up long polls; batches that were received have 5 seconds to be committed and deleted.
    void Stop();

    /// Starts readers of sources that are new, ends those of sources that are gone, and begins anew where
    /// a configuration or a secret is another.
    [[nodiscard]] Result<void> Refresh();

    /// Of all such sources, by their ids. Thread-safe.
    [[nodiscard]] std::vector<QueueState> States() const;

private:
    struct Running {
        std::string as;  ///< Configuration and newest secret.
        std::unique_ptr<QueueReader> reader;
    };

    void Loop(const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    const FindAccess access_;
    MessageIntake& intake_;
    const std::function<void()> told_;
    mutable std::mutex mutex_;
    std::map<SourceId, Running> readers_;
    std::jthread thread_;
};

}  // namespace notify
