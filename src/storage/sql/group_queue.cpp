#include "storage/sql/group_queue.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/result.hpp"
#include "storage/storage.hpp"

namespace notify::sql {

namespace {

constexpr std::size_t kMaxGroup = 64;

}  // namespace

Result<void> GroupQueue::Run(const Storage::WriteFunction& function) {
    auto call = std::make_unique<Call>(Call{.function = &function, .done = {}, .outcome = {}});
    auto done = call->done.get_future();
    {
        const std::scoped_lock lock(mutex_);
        queue_.push_back(std::move(call));
    }
    queued_.notify_one();
    return done.get();
}

Group GroupQueue::Next(const std::stop_token& stop, std::optional<std::chrono::milliseconds> patience) {
    Group group;
    std::unique_lock lock(mutex_);
    const auto any = [this] { return !queue_.empty(); };
    if (patience) {
        queued_.wait_for(lock, stop, *patience, any);
    } else {
        queued_.wait(lock, stop, any);
    }
    while (!queue_.empty() && group.size() < kMaxGroup) {
        group.push_back(std::move(queue_.front()));
        queue_.pop_front();
    }
    return group;
}

}  // namespace notify::sql
