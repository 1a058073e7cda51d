#include <gmock/gmock.h>

#include "conformance/fixture.hpp"

namespace notify::testing {

namespace {

class Events : public Conformance {
protected:
    bool Append(const Event& event) {
        return Write([&](Transaction& transaction) { return transaction.events.Append(event); });
    }

    std::vector<Event> After(std::int64_t sequence, int limit = 100, std::string_view subject = {}) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.events.After(sequence, limit, subject);
        });
    }

    std::vector<Delivery> Deliveries() {
        return Read([](const Snapshot& snapshot) { return snapshot.deliveries.List({}, {}); }).rows;
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Events, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Events, GoToThoseWhoWantWhatTheyAreAbout) {
    const auto here = AddBucket("here");
    const auto there = AddBucket("there");
    const auto item = AddItem(here, "a.mxf");
    const auto wants = [&](EventOrigins only) {
        auto endpoint = MakeEndpoint("https://some");
        endpoint.only = std::move(only);
        Write([&](Transaction& transaction) { return transaction.deliveries.AddEndpoint(endpoint); });
        return endpoint.id;
    };
    const std::vector<EndpointId> told{
        wants({}),
        wants({.buckets = {there.id.Value(), here.id.Value()}}),
        wants({.sources = {here.source_id.Value()}}),
        wants({.processors = {"checksum"}}),
        wants({.people = {"per_1"}}),
        wants({.buckets = {here.id.Value()}, .people = {"per_2", "per_1"}}),
    };
    wants({.buckets = {there.id.Value()}});
    wants({.sources = {"src_other"}});
    wants({.processors = {"speech"}});
    wants({.people = {"per_2"}});
    wants({.processors = {"checksum"}, .people = {"per_2"}});
    auto event = MakeEvent("item.completed");
    event.subject = item.id.Value();
    event.data = R"({"processes":[{"processor":"checksum"}],"people":[{"person":"per_1"}]})";
    Append(event);
    std::vector<EndpointId> got;
    for (const auto& delivery : Deliveries()) {
        got.push_back(delivery.endpoint_id);
    }
    EXPECT_THAT(got, ::testing::UnorderedElementsAreArray(told));
}

TEST_P(Events, ForgetTheNameOfAPersonAndOfNobodyElse) {
    auto told = MakeEvent("item.labels_changed", "one");
    told.data =
        R"({"item":"itm_1","people":[{"person":"per_1","name":"Ada"},{"person":"per_2","name":"Bob"}]})";
    auto other = MakeEvent("item.labels_changed", "two");
    other.data = R"({"item":"itm_1","people":[{"person":"per_2","name":"Bob"}]})";
    Append(told);
    Append(other);
    EXPECT_EQ(Write([&](Transaction& t) { return t.events.ForgetName(PersonId("per_1"), {}); }), 1);
    const auto events = After(0);
    EXPECT_EQ(
        events.at(0).data, R"({"item":"itm_1","people":[{"person":"per_1"},{"person":"per_2","name":"Bob"}]})"
    );
    EXPECT_EQ(events.at(1).data, other.data);
}

TEST_P(Events, ForgetNamesWhereTheyWereFoundAndInWhatCameSince) {
    const auto tell = [&](const std::string& key) {
        auto told = MakeEvent("item.labels_changed", key);
        told.data = R"({"item":"itm_1","people":[{"person":"per_1","name":"Ada"}]})";
        Append(told);
    };
    const auto naming = [&](std::int64_t after) {
        return Read([&](const Snapshot& s) { return s.events.Naming(PersonId("per_1"), after); });
    };
    tell("one");
    tell("two");
    const ToldUntil told{.until = After(0).at(1).sequence, .events = naming(0)};
    EXPECT_EQ(told.events.size(), 2U);
    tell("three");
    EXPECT_EQ(naming(told.until), std::vector{After(0).at(2).sequence});
    auto gone = told;
    gone.events.push_back(4711);  // removed meanwhile
    EXPECT_EQ(Write([&](Transaction& t) { return t.events.ForgetName(PersonId("per_1"), gone); }), 3);
    for (const auto& event : After(0)) {
        EXPECT_EQ(event.data, R"({"item":"itm_1","people":[{"person":"per_1"}]})");
    }
}

TEST_P(Events, OfOneSubjectComeInTheirOrder) {
    for (const auto& subject : {"a", "b", "a", "a"}) {
        auto event = MakeEvent("item.discovered");
        event.subject = subject;
        Append(event);
    }
    const auto of_a = Read([](const Snapshot& s) { return s.events.After(1, 2, "a"); });
    ASSERT_EQ(of_a.size(), 2U);
    EXPECT_EQ(of_a[0].sequence, 3);
    EXPECT_EQ(of_a[1].sequence, 4);
    EXPECT_EQ(Read([](const Snapshot& s) { return s.events.After(0, 9, "c"); }).size(), 0U);
}

TEST_P(Events, ForgetWhatReceiversAnsweredToANameToo) {
    AddEndpoint("https://all");
    auto told = MakeEvent("item.labels_changed");
    told.data = R"({"item":"itm_1","people":[{"person":"per_1","name":"Ada"}]})";
    auto other = MakeEvent("item.labels_changed");
    other.data = R"({"item":"itm_2","people":[{"person":"per_2","name":"Bob"}]})";
    Append(told);
    Append(other);
    for (int i = 0; i < 2; ++i) {
        Write([&](Transaction& transaction) -> Result<void> {
            const auto held =
                transaction.deliveries.Claim(NodeId("nod_a"), 1, 9, Now(), std::chrono::seconds(30));
            auto row = ValueOf(held).at(0);
            row.status = Status::kCompleted;
            row.lease_owner = NodeId();
            row.lease_until.reset();
            row.finished_at = Now();
            const DeliveryAttempt attempt{
                .delivery_id = row.id,
                .number = 1,
                .at = Now(),
                .http_status = 200,
                .error = {},
                .response = "thanks for Ada and Bob"
            };
            return transaction.deliveries.Finish(row, row.fence, attempt).map([](bool) {});
        });
    }
    Write([&](Transaction& transaction) { return transaction.events.ForgetName(PersonId("per_1"), {}); });
    for (const auto& delivery : Deliveries()) {
        const auto attempts =
            Read([&](const Snapshot& snapshot) { return snapshot.deliveries.Attempts(delivery.id); });
        ASSERT_EQ(attempts.size(), 1U);
        EXPECT_EQ(attempts[0].response.empty(), delivery.event_id == told.id);
    }
}

TEST_P(Events, KeepEverything) {
    auto event = MakeEvent("item.completed", "itm_1:item.completed:3");
    event.data = R"({"ü":1})";
    EXPECT_TRUE(Append(event));
    const auto stored = Read([&](const Snapshot& snapshot) { return snapshot.events.Get(event.id); });
    EXPECT_GT(stored.sequence, 0);
    EXPECT_EQ(stored.id, event.id);
    EXPECT_EQ(stored.type, "item.completed");
    EXPECT_EQ(stored.subject, "itm_1");
    EXPECT_EQ(stored.dedup_key, "itm_1:item.completed:3");
    EXPECT_EQ(stored.at, event.at);
    EXPECT_EQ(stored.data, event.data);
    const auto missing =
        storage_->Read([](const Snapshot& snapshot) { return snapshot.events.Get(EventId("msg_none")); });
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST_P(Events, AreToldOnceForEachDedupKey) {
    AddEndpoint("https://a");
    EXPECT_TRUE(Append(MakeEvent("item.completed", "key")));
    EXPECT_FALSE(Append(MakeEvent("item.completed", "key")));
    EXPECT_TRUE(Append(MakeEvent("item.completed")));
    EXPECT_TRUE(Append(MakeEvent("item.completed"))) << "without a key it is always new";
    EXPECT_EQ(After(0).size(), 3U);
    EXPECT_EQ(Deliveries().size(), 3U);
}

TEST_P(Events, AreReadInOrder) {
    EXPECT_EQ(Read([](const Snapshot& snapshot) { return snapshot.events.LastSequence(); }), 0);
    for (int i = 0; i < 5; ++i) {
        auto event = MakeEvent("type." + std::to_string(i));
        event.subject = i % 2 == 0 ? "even" : "odd";
        Append(event);
    }
    const auto first = After(0, 2);
    ASSERT_EQ(first.size(), 2U);
    EXPECT_EQ(first[0].type, "type.0");
    const auto rest = After(first[1].sequence);
    ASSERT_EQ(rest.size(), 3U);
    EXPECT_EQ(rest[0].type, "type.2");
    EXPECT_EQ(rest[2].sequence, Read([](const Snapshot& snapshot) {
                  return snapshot.events.LastSequence();
              }));
    const auto odd = After(0, 100, "odd");
    ASSERT_EQ(odd.size(), 2U);
    EXPECT_EQ(odd[1].type, "type.3");
}

TEST_P(Events, SayUpToWhereOldOnesWereRemoved) {
    const auto removed = [&] {
        return Read([](const Snapshot& snapshot) { return snapshot.events.LastRemoved(); });
    };
    EXPECT_EQ(removed(), 0);
    AddEndpoint("https://waits", {"type.1"});
    for (int i = 0; i < 4; ++i) {
        auto event = MakeEvent("type." + std::to_string(i));
        event.at = i < 3 ? Now() : Now() + std::chrono::hours(1);
        Append(event);
    }
    const auto all = After(0);
    ASSERT_EQ(all.size(), 4U);
    const auto remove = [&](int limit) {
        return Write([&](Transaction& transaction) {
            return transaction.events.RemoveOld(Now() + std::chrono::minutes(1), limit);
        });
    };
    EXPECT_EQ(remove(1), 1);
    EXPECT_EQ(removed(), all[0].sequence);
    EXPECT_EQ(remove(10), 1) << "the one that waits to be delivered stays";
    EXPECT_EQ(removed(), all[2].sequence);
    EXPECT_EQ(After(0).at(0).sequence, all[1].sequence);
    Write([&](Transaction& transaction) -> Result<void> {
        const auto held =
            transaction.deliveries.Claim(NodeId("nod_a"), 1, 9, Now(), std::chrono::seconds(30));
        auto row = ValueOf(held).at(0);
        row.status = Status::kCompleted;
        row.lease_owner = NodeId();
        row.lease_until.reset();
        row.finished_at = Now();
        return transaction.deliveries.Finish(row, row.fence, std::nullopt).map([](bool) {});
    });
    EXPECT_EQ(remove(10), 1);
    EXPECT_EQ(removed(), all[2].sequence) << "it never goes back";
    EXPECT_EQ(remove(10), 0);
}

TEST_P(Events, BecomeADeliveryForEachEndpointThatWantsThem) {
    const auto all = AddEndpoint("https://all");
    const auto items = AddEndpoint("https://items", {"process.failed", "item.*"});
    AddEndpoint("https://processes", {"process.completed"});
    auto paused = AddEndpoint("https://paused");
    paused.active = false;
    Write([&](Transaction& transaction) { return transaction.deliveries.UpdateEndpoint(paused); });
    const auto event = MakeEvent("item.completed");
    Append(event);
    const auto deliveries = Deliveries();
    ASSERT_EQ(deliveries.size(), 2U);
    for (const auto& delivery : deliveries) {
        EXPECT_TRUE(delivery.endpoint_id == all.id || delivery.endpoint_id == items.id);
        EXPECT_EQ(delivery.kind, DeliveryKind::kWebhook);
        EXPECT_EQ(delivery.event_id, event.id);
        EXPECT_EQ(delivery.status, Status::kPending);
        EXPECT_EQ(delivery.attempt, 0);
        EXPECT_EQ(delivery.next_attempt_at, event.at);
        EXPECT_EQ(delivery.created_at, event.at);
    }
    EXPECT_NE(deliveries[0].endpoint_id, deliveries[1].endpoint_id);
}

TEST_P(Events, LeaveNoDeliveryWhenTheirTransactionFails) {
    AddEndpoint("https://all");
    const auto refused = Refused([&](Transaction& transaction) -> Result<void> {
        static_cast<void>(transaction.events.Append(MakeEvent("item.completed")));
        return Fail(ErrorCode::kInternal, "no");
    });
    EXPECT_EQ(refused, ErrorCode::kInternal);
    EXPECT_TRUE(After(0).empty());
    EXPECT_TRUE(Deliveries().empty());
}

TEST_P(Events, ThatAreTestsMakeNoDelivery) {
    AddEndpoint("https://all");
    EXPECT_TRUE(Append(MakeEvent("endpoint.test")));
    EXPECT_TRUE(Deliveries().empty());
}

TEST_P(Events, NeverReuseASequence) {
    Append(MakeEvent("a"));
    const auto last = After(0).back().sequence;
    Refused([&](Transaction& transaction) -> Result<void> {
        static_cast<void>(transaction.events.Append(MakeEvent("b")));
        return Fail(ErrorCode::kInternal, "no");
    });
    Append(MakeEvent("c"));
    EXPECT_GT(After(0).back().sequence, last);
}

}  // namespace

}  // namespace notify::testing
