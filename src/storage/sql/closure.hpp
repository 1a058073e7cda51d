#pragma once

// What both sides of the storage do with the closures they are given.

#include <algorithm>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

#include <fmt/format.h>

#include "core/result.hpp"

namespace notify::sql {

/// Knows which threads are inside a closure, so that one that asks for another transaction there is refused
/// instead of waiting for itself. Thread-safe.
class OpenClosures final {
public:
    /// kInternal when this thread is inside a closure.
    [[nodiscard]] Result<void> MayBegin() const {
        const std::scoped_lock lock(mutex_);
        if (std::ranges::find(threads_, std::this_thread::get_id()) == threads_.end()) {
            return {};
        }
        return Fail(ErrorCode::kInternal, "a transaction or snapshot was asked for inside another");
    }

    /// Runs `closure()`, a Result<void>. What it throws becomes kInternal: the writer and its callers live
    /// on.
    template <class Closure>
    [[nodiscard]] Result<void> Run(Closure&& closure) {
        Enter();
        Result<void> outcome;
        try {
            outcome = closure();
        } catch (const std::exception& exception) {
            outcome = Fail(ErrorCode::kInternal, fmt::format("a transaction threw: {}", exception.what()));
        }
        Leave();
        return outcome;
    }

private:
    void Enter() {
        const std::scoped_lock lock(mutex_);
        threads_.push_back(std::this_thread::get_id());
    }

    void Leave() {
        const std::scoped_lock lock(mutex_);
        std::erase(threads_, std::this_thread::get_id());
    }

    mutable std::mutex mutex_;
    std::vector<std::thread::id> threads_;
};

}  // namespace notify::sql
