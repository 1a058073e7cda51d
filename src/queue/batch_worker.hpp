#pragma once

// Works off batches in a thread of its own, while whoever makes them makes the next one.

#include <condition_variable>
#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "core/result.hpp"
#include "sources/source.hpp"

namespace notify {

/// One batch is worked off and one may wait, so that at most three are held with the one that is being made.
/// Give and Finish are called by one thread. The destructor waits for the batch that is being worked off.
class BatchWorker final {
public:
    using Batch = std::vector<FoundObject>;
    using Work = std::function<Result<void>(Batch)>;

    explicit BatchWorker(Work work)
        : work_(std::move(work)), thread_([this](const std::stop_token& stop) { Loop(stop); }) {}

    ~BatchWorker() = default;
    BatchWorker(const BatchWorker&) = delete;
    BatchWorker& operator=(const BatchWorker&) = delete;

    /// Hands a batch over; waits while another one does. The first error of the work: what is given after it
    /// is dropped.
    [[nodiscard]] Result<void> Give(Batch batch);

    /// Waits until all is worked off; the first error. What the work wrote is seen by the caller then.
    [[nodiscard]] Result<void> Finish();

private:
    void Loop(const std::stop_token& stop);

    const Work work_;
    std::mutex mutex_;
    std::condition_variable_any changed_;
    std::optional<Batch> waiting_;
    bool working_ = false;
    Result<void> outcome_;
    std::jthread thread_;
};

}  // namespace notify
