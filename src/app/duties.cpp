#include "app/duties.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "domain/ids.hpp"
#include "domain/node.hpp"
#include "storage/node_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr auto kAskEvery = std::chrono::milliseconds(500);

struct Seen {
    std::vector<Node> nodes;
    std::vector<Duty> duties;
};

Result<Seen> See(const Snapshot& snapshot) {
    auto nodes = snapshot.nodes.List();
    auto duties = snapshot.nodes.Duties();
    if (!nodes || !duties) {
        return Unexpected(nodes ? duties.error() : nodes.error());
    }
    return Seen{.nodes = std::move(*nodes), .duties = std::move(*duties)};
}

}  // namespace

Duties::Duties(Storage& storage, const Clock& clock, NodeId node, std::vector<DutyPart> parts)
    : storage_(storage), clock_(clock), node_(std::move(node)), parts_(std::move(parts)) {}

Duties::~Duties() {
    Stop();
}

void Duties::Start() {
    if (!thread_.joinable()) {
        LookOnce();
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Duties::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

bool Duties::Has(Role duty) const {
    const std::scoped_lock lock(mutex_);
    return std::ranges::find(mine_, duty) != mine_.end();
}

void Duties::End(Role duty) {
    const auto part = std::ranges::find(parts_, duty, &DutyPart::duty);
    {
        const std::scoped_lock lock(mutex_);
        if (std::erase(mine_, duty) == 0) {
            return;
        }
    }
    part->end();
    // one that cannot be given back goes with the node
    static_cast<void>(storage_.Write([&](Transaction& transaction) {
        return transaction.nodes.GiveBack(duty, node_);
    }));
}

void Duties::LookOnce() {
    const auto seen = storage_.Read(See);
    if (!seen) {
        return;  // the writer says it
    }
    nodes_ = std::max(static_cast<int>(seen->nodes.size()), 1);
    for (const auto& part : parts_) {
        if (Has(part.duty)) {
            continue;
        }
        const auto taken = std::ranges::find(seen->duties, part.duty, &Duty::role);
        if (taken != seen->duties.end() && taken->node != node_) {
            continue;
        }
        const auto mine = storage_.Write([&](Transaction& transaction) {
            return transaction.nodes.Take(part.duty, node_, clock_.Now());
        });
        if (!mine || !*mine) {
            continue;
        }
        {
            const std::scoped_lock lock(mutex_);
            mine_.push_back(part.duty);
        }
        if (!storage_.IsSingleNode()) {
            Log(LogLevel::kInfo, "this node has the duty", {{"duty", ToString(part.duty)}});
        }
        part.begin();
    }
}

void Duties::Loop(const std::stop_token& stop) {
    while (SleepFor(kAskEvery, stop)) {
        LookOnce();
    }
}

}  // namespace notify
