#pragma once

// What only one of several nodes does at a time: this node takes up what nobody does.

#include <atomic>
#include <functional>
#include <mutex>
#include <stop_token>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "domain/ids.hpp"
#include "domain/node.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What begins when this node gets a duty, and what ends it.
struct DutyPart {
    Role duty = Role::kScheduler;
    std::function<void()> begin;
    std::function<void()> end;
};

/// One thread that asks twice a second. A duty is this node's until it gives it back or the others give the
/// node up. Everything borrowed outlives it.
class Duties final {
public:
    Duties(Storage& storage, const Clock& clock, NodeId node, std::vector<DutyPart> parts);
    ~Duties();
    Duties(const Duties&) = delete;
    Duties& operator=(const Duties&) = delete;

    /// Takes what is free at once, in the calling thread, then goes on asking.
    void Start();

    /// Takes nothing more; what was begun goes on.
    void Stop();

    /// Ends what this duty began, if it did, and gives it back: another node may have it then. After Stop.
    void End(Role duty);

    /// True while this node has it. Thread-safe.
    [[nodiscard]] bool Has(Role duty) const;

    /// How many nodes there were when it was last asked, at least 1. Thread-safe.
    [[nodiscard]] int Nodes() const noexcept { return nodes_; }

private:
    void LookOnce();
    void Loop(const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    const NodeId node_;
    const std::vector<DutyPart> parts_;
    mutable std::mutex mutex_;
    std::vector<Role> mine_;
    std::atomic<int> nodes_ = 1;
    std::jthread thread_;
};

}  // namespace notify
