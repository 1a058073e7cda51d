#pragma once

// Lets items of a bucket's backlog go, as many a day as its budget says.

#include <functional>
#include <stop_token>
#include <thread>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// One thread that looks every two seconds. An item that is let go is given what the rules choose then. Days
/// are of UTC. Of one bucket at most 16 items are under way at a time, so that what is new need not wait
/// behind them; 4 when media hours are counted, because how long they play is known when they have ended: a
/// day may exceed its hours by these. What waits for a reason of its own (IsOfTheItem) is not under way. When
/// the policy is no longer a budget, what still waits becomes work (kProcess) or is ignored (kIgnore, without
/// events), all of it at once. Everything borrowed outlives it.
class BacklogBudget final {
public:
    /// `given` is called after items were let go.
    BacklogBudget(Storage& storage, const Clock& clock, std::function<void()> given)
        : storage_(storage), clock_(clock), given_(std::move(given)) {}

    ~BacklogBudget();
    BacklogBudget(const BacklogBudget&) = delete;
    BacklogBudget& operator=(const BacklogBudget&) = delete;

    void Start();
    void Stop();

    /// Looks at every bucket once; how many items no longer wait. Writes only when there is something to let
    /// go or something that was has ended. Ends early with a stop.
    [[nodiscard]] Result<int> RunOnce(const std::stop_token& stop);

private:
    [[nodiscard]] Result<int> LetGo(const BucketId& id, Timestamp now, const std::stop_token& stop);
    void Loop(const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    std::function<void()> given_;
    std::jthread thread_;
};

}  // namespace notify
