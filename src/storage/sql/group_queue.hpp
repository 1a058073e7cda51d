#pragma once

// Closures that wait for the one thread that writes: it takes them in groups, one transaction for each.

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>

#include "core/result.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

/// A closure that waits, and where its caller waits for it.
struct Call {
    const Storage::WriteFunction* function;
    std::promise<Result<void>> done;
    Result<void> outcome;
};

using Group = std::deque<std::unique_ptr<Call>>;

/// Thread-safe.
class GroupQueue final {
public:
    /// Queues the closure and waits until its group has ended.
    [[nodiscard]] Result<void> Run(const Storage::WriteFunction& function);

    /// The closures that wait, at most 64: that bounds how long one waits for the others. Waits for the
    /// first; empty when it was told to stop or `patience` is over. While one group commits, the next ones
    /// queue up: under load the groups grow by themselves, without waiting.
    [[nodiscard]] Group Next(const std::stop_token& stop, std::optional<std::chrono::milliseconds> patience);

private:
    std::mutex mutex_;
    std::condition_variable_any queued_;
    Group queue_;
};

}  // namespace notify::sql
