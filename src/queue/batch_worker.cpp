#include "queue/batch_worker.hpp"

#include <mutex>
#include <optional>
#include <stop_token>
#include <utility>

#include "core/result.hpp"

namespace notify {

Result<void> BatchWorker::Give(Batch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_ || !outcome_; });
    if (!outcome_) {
        return outcome_;
    }
    waiting_ = std::move(batch);
    changed_.notify_all();
    return {};
}

Result<void> BatchWorker::Finish() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !waiting_ && !working_; });
    return outcome_;
}

void BatchWorker::Loop(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (changed_.wait(lock, stop, [this] { return waiting_.has_value(); })) {
        auto batch = std::exchange(waiting_, std::nullopt);
        if (outcome_) {
            working_ = true;
            changed_.notify_all();
            lock.unlock();
            auto done = work_(*std::move(batch));
            lock.lock();
            working_ = false;
            outcome_ = std::move(done);
        }
        changed_.notify_all();
    }
}

}  // namespace notify
