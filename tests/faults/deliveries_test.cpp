// Two senders of one delivery: their steps in every order, compared with what must be there after each.

#include <array>
#include <chrono>
#include <cstdint>
#include <iostream>
#include <optional>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "conformance/fixture.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "faults/steps.hpp"
#include "storage/delivery_repository.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kLease = 30s;
constexpr Step kLeaseEnds{.act = Act::kLeaseEnds};

/// What must be there.
struct Expected {
    Status status = Status::kPending;
    std::int64_t fence = 0;
    Timestamp lease_until;
    std::string written_by;  ///< By whom its outcome was.
};

class TwoSenders : public Conformance {
protected:
    /// `fenced`: false for the mutant, which writes whoever holds the delivery by now. What was wrong, and
    /// after which steps; nothing when nothing was.
    std::optional<std::string> Play(const std::vector<Step>& steps, bool fenced) {
        id_ = AddDelivery();
        expected_ = {};
        held_ = {};
        wrong_.clear();
        for (std::size_t played = 0; played < steps.size() && wrong_.empty(); ++played) {
            Take(steps[played], fenced);
            Compare();
            if (!wrong_.empty()) {
                return fmt::format("{} after step {} of [{}]", wrong_, played + 1, ToString(steps));
            }
        }
        return std::nullopt;
    }

    /// Each claims once and ends what it has; a lease ends, and what has none is given back by either.
    static std::vector<std::vector<Step>> Schedules() {
        std::vector<std::vector<Step>> all;
        for (const int reaper : {0, 1}) {
            for (auto& order : EveryOrder(
                     {{{.act = Act::kClaim}, {.act = Act::kComplete}},
                      {{.act = Act::kClaim, .owner = 1}, {.act = Act::kComplete, .owner = 1}},
                      {kLeaseEnds, {.act = Act::kReap, .owner = reaper}}}
                 )) {
                all.push_back(std::move(order));
            }
        }
        return all;
    }

    /// So that the next play has none of it.
    void Sweep() {
        clock_.Advance(kLease + 1s);
        Write([&](Transaction& transaction) {
            return transaction.deliveries.Release(Now(), false).and_then([&](int) {
                return transaction.deliveries.RemoveEndpoint(endpoint_);
            });
        });
    }

private:
    DeliveryId AddDelivery() {
        endpoint_ = EndpointId(MakeId("end"));
        Endpoint endpoint;
        endpoint.id = endpoint_;
        endpoint.url = "http://127.0.0.1:9/";
        endpoint.created_at = Now();
        Delivery delivery;
        delivery.id = DeliveryId(MakeId("dlv"));
        delivery.kind = DeliveryKind::kWebhook;
        delivery.event_id = EventId(MakeId("msg"));
        delivery.endpoint_id = endpoint_;
        delivery.next_attempt_at = Now();
        delivery.created_at = Now();
        const Event event{
            .id = delivery.event_id, .type = "test", .subject = "none", .at = Now(), .data = "{}"
        };
        Write([&](Transaction& transaction) {
            return transaction.events.Append(event)
                .and_then([&](bool) { return transaction.deliveries.AddEndpoint(endpoint); })
                .and_then([&] { return transaction.deliveries.Add(delivery); });
        });
        return delivery.id;
    }

    void Take(const Step& step, bool fenced) {
        const auto owner = static_cast<std::size_t>(step.owner);
        if (step.act == Act::kClaim) {
            TakeClaim(owner);
        } else if (step.act == Act::kComplete && held_.at(owner)) {
            TakeEnd(owner, fenced);
        } else if (step.act == Act::kReap) {
            Write([&](Transaction& transaction) { return transaction.deliveries.Release(Now(), false); });
            if (expected_.status == Status::kProcessing && expected_.lease_until < Now()) {
                expected_.status = Status::kPending;
            }
        } else if (step.act == Act::kLeaseEnds) {
            clock_.Advance(kLease + 1s);
        }
    }

    void TakeClaim(std::size_t owner) {
        const auto claimed = Write([&](Transaction& transaction) {
            return transaction.deliveries.Claim(NodeId(kNames.at(owner)), 1, 1, Now(), kLease);
        });
        if (claimed.empty() == (expected_.status == Status::kPending)) {
            wrong_ = claimed.empty() ? "it was not given" : "it was given although somebody has it";
        }
        if (claimed.empty()) {
            return;
        }
        held_.at(owner) = claimed.front();
        expected_.status = Status::kProcessing;
        expected_.lease_until = Now() + kLease;
        ++expected_.fence;
    }

    void TakeEnd(std::size_t owner, bool fenced) {
        auto row = *std::exchange(held_.at(owner), std::nullopt);
        const auto fence = row.fence;
        row.status = Status::kCompleted;
        row.last_error = kNames.at(owner);
        row.finished_at = Now();
        row.lease_owner = NodeId();
        row.lease_until.reset();
        const auto wrote = Write([&](Transaction& transaction) {
            const auto present = transaction.deliveries.Get(row.id);
            return transaction.deliveries.Finish(row, fenced ? fence : present->fence, {});
        });
        const bool may = expected_.status == Status::kProcessing && expected_.fence == fence;
        if (wrote != may) {
            wrong_ = wrote ? "who held it no more has written" : "who held it could not write";
        }
        if (may) {
            expected_.status = Status::kCompleted;
            expected_.written_by = kNames.at(owner);
        }
    }

    void Compare() {
        const auto row = Read([&](const Snapshot& snapshot) { return snapshot.deliveries.Get(id_); });
        const auto told = [](Status status, std::int64_t fence, const std::string& by) {
            return fmt::format("{} with fence {} written by '{}'", ToString(status), fence, by);
        };
        const auto is = told(row.status, row.fence, row.last_error);
        const auto must = told(expected_.status, expected_.fence, expected_.written_by);
        if (wrong_.empty() && is != must) {
            wrong_ = fmt::format("it is {}, not {}", is, must);
        }
    }

    static constexpr std::array<const char*, 2> kNames{"nod_0", "nod_1"};

    DeliveryId id_;
    EndpointId endpoint_;
    Expected expected_;
    std::array<std::optional<Delivery>, 2> held_;
    std::string wrong_;
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, TwoSenders, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(TwoSenders, WriteInAnyOrderOnlyWhatTheyHold) {
    const auto schedules = Schedules();
    for (const auto& steps : schedules) {
        const auto wrong = Play(steps, true);
        ASSERT_FALSE(wrong) << *wrong;
        Sweep();
    }
    std::cout << schedules.size() << " schedules\n";
}

TEST_P(TwoSenders, OfWhichOneWritesWhoeverHoldsItAreNoticed) {
    std::optional<std::string> found;
    for (const auto& steps : Schedules()) {
        found = Play(steps, false);
        Sweep();
        if (found) {
            break;
        }
    }
    ASSERT_TRUE(found);
    std::cout << "DeliveryWithoutFence: " << *found << "\n";
}

}  // namespace

}  // namespace notify::testing
