// What is removed when it is old: events that were told, deliveries that have ended.

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "conformance/fixture.hpp"
#include "core/ulid.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class OldRows : public Conformance {
protected:
    void Append(const std::string& type) {
        Write([&](Transaction& transaction) {
            return transaction.events.Append({.id = EventId(MakeId("msg")), .type = type, .at = Now()});
        });
    }

    std::vector<std::string> Types() {
        std::vector<std::string> types;
        for (const auto& event :
             Read([](const Snapshot& snapshot) { return snapshot.events.After(0, 100, {}); })) {
            types.push_back(event.type);
        }
        return types;
    }

    std::vector<Delivery> ClaimDeliveries() {
        return Write([&](Transaction& transaction) {
            return transaction.deliveries.Claim(NodeId("nod_a"), 9, 9, Now(), 60s);
        });
    }

    void Finish(Delivery row, Status status, const std::optional<DeliveryAttempt>& attempt = {}) {
        row.status = status;
        row.lease_owner = NodeId();
        row.lease_until.reset();
        row.finished_at = Now();
        Write([&](Transaction& transaction) {
            return transaction.deliveries.Finish(row, row.fence, attempt);
        });
    }

    int RemoveEvents(Timestamp before, int limit = 100) {
        return Write([&](Transaction& transaction) { return transaction.events.RemoveOld(before, limit); });
    }

    int RemoveDeliveries(Timestamp before, int limit = 100) {
        return Write([&](Transaction& transaction) {
            return transaction.deliveries.RemoveOld(before, limit);
        });
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, OldRows, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(OldRows, OfEventsGoWhenTheirDeliveriesHaveEnded) {
    AddEndpoint("https://all");
    Append("a");
    Append("endpoint.test");  // makes no delivery
    clock_.Advance(1h);
    Append("c");
    EXPECT_EQ(RemoveEvents(Now() - 2h), 0);
    EXPECT_EQ(RemoveEvents(Now(), 1), 1) << "the oldest is still to be delivered, and holds up no other";
    EXPECT_EQ(RemoveEvents(Now()), 0);
    EXPECT_EQ(Types(), (std::vector<std::string>{"a", "c"}));
    for (const auto& delivery : ClaimDeliveries()) {
        Finish(delivery, Status::kCompleted);
    }
    EXPECT_EQ(RemoveEvents(Now()), 1);
    EXPECT_EQ(Types(), std::vector<std::string>{"c"});
}

TEST_P(OldRows, OfDeliveriesGoWithTheirAttempts) {
    AddEndpoint("https://all");
    for (const auto* type : {"a", "b", "c"}) {
        Append(type);
    }
    const auto held = ClaimDeliveries();
    ASSERT_EQ(held.size(), 3U);
    Finish(held[0], Status::kCompleted, DeliveryAttempt{.delivery_id = held[0].id, .number = 1, .at = Now()});
    Finish(held[1], Status::kFailed);
    clock_.Advance(1h);
    EXPECT_EQ(RemoveDeliveries(Now() - 2h), 0);
    EXPECT_EQ(RemoveDeliveries(Now(), 1), 1);
    EXPECT_EQ(RemoveDeliveries(Now()), 1);
    EXPECT_EQ(RemoveDeliveries(Now()), 0) << "what has not ended stays";
    const auto left = Read([](const Snapshot& snapshot) { return snapshot.deliveries.List({}, {}); });
    ASSERT_EQ(left.rows.size(), 1U);
    EXPECT_EQ(left.rows[0].id, held[2].id);
    const auto attempts =
        Read([&](const Snapshot& snapshot) { return snapshot.deliveries.Attempts(held[0].id); });
    EXPECT_TRUE(attempts.empty());
}

}  // namespace

}  // namespace notify::testing
