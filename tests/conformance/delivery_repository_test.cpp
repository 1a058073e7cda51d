#include <algorithm>
#include <map>
#include <set>

#include "conformance/fixture.hpp"
#include "core/ulid.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class Deliveries : public Conformance {
protected:
    Delivery AddDelivery(const EndpointId& endpoint, Timestamp next_attempt_at) {
        Delivery delivery;
        delivery.id = DeliveryId(MakeId("dlv"));
        delivery.event_id = EventId("msg_1");
        delivery.endpoint_id = endpoint;
        delivery.next_attempt_at = next_attempt_at;
        delivery.created_at = Now();
        Write([&](Transaction& transaction) { return transaction.deliveries.Add(delivery); });
        return delivery;
    }

    std::vector<Delivery> ClaimDeliveries(int max, int per_endpoint = 100) {
        return Write([&](Transaction& transaction) {
            return transaction.deliveries.Claim(NodeId("nod_a"), max, per_endpoint, Now(), 60s);
        });
    }

    bool FinishDelivery(Delivery row, Status status, const std::optional<DeliveryAttempt>& attempt = {}) {
        row.status = status;
        row.lease_owner = NodeId();
        row.lease_until.reset();
        if (IsTerminal(status)) {
            row.finished_at = Now();
        }
        return Write([&](Transaction& transaction) {
            return transaction.deliveries.Finish(row, row.fence, attempt);
        });
    }

    Delivery StoredDelivery(const DeliveryId& id) {
        return Read([&](const Snapshot& snapshot) { return snapshot.deliveries.Get(id); });
    }

    Page<Delivery> List(const DeliveryFilter& filter, const PageRequest& page = {}) {
        return Read([&](const Snapshot& snapshot) { return snapshot.deliveries.List(filter, page); });
    }

    int Release(bool all) {
        return Write([&](Transaction& transaction) { return transaction.deliveries.Release(Now(), all); });
    }

    Publication RequestPublication(const Item& item) {
        const Publication publication{
            .id = PublicationId(MakeId("pub")),
            .item_id = item.id,
            .destination = "beside",
            .format = "notifications.json",
            .written_digest = {}
        };
        Write([&](Transaction& transaction) {
            return transaction.deliveries.RequestPublication(publication, Now());
        });
        return publication;
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Deliveries, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Deliveries, HaveEndpointsWithEverythingKept) {
    auto endpoint = MakeEndpoint("https://a/b?c=d");
    endpoint.types = {"item.*", "process.failed"};
    endpoint.secrets = {std::string("\0\xff sealed", 9), "older"};
    endpoint.active = false;
    endpoint.disabled_reason = "410 Gone";
    endpoint.failing_since = Now() - 3h;
    endpoint.consecutive_failures = 17;
    Write([&](Transaction& transaction) { return transaction.deliveries.AddEndpoint(endpoint); });
    const auto get = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.deliveries.GetEndpoint(endpoint.id); });
    };
    const auto expect_equal = [&] {
        const auto stored = get();
        EXPECT_EQ(stored.url, endpoint.url);
        EXPECT_EQ(stored.description, endpoint.description);
        EXPECT_EQ(stored.types, endpoint.types);
        EXPECT_EQ(stored.secrets, endpoint.secrets);
        EXPECT_EQ(stored.active, endpoint.active);
        EXPECT_EQ(stored.disabled_reason, endpoint.disabled_reason);
        EXPECT_EQ(stored.failing_since, endpoint.failing_since);
        EXPECT_EQ(stored.consecutive_failures, endpoint.consecutive_failures);
        EXPECT_EQ(stored.created_at, endpoint.created_at);
    };
    expect_equal();
    endpoint.url = "https://other";
    endpoint.description = "renamed";
    endpoint.types.clear();
    endpoint.secrets = {"newest"};
    endpoint.active = true;
    endpoint.disabled_reason.clear();
    endpoint.failing_since.reset();
    endpoint.consecutive_failures = 0;
    Write([&](Transaction& transaction) { return transaction.deliveries.UpdateEndpoint(endpoint); });
    expect_equal();
    EXPECT_EQ(Read([](const Snapshot& snapshot) { return snapshot.deliveries.Endpoints(); }).size(), 1U);
}

TEST_P(Deliveries, SayThatAnEndpointIsMissing) {
    const auto endpoint = MakeEndpoint("https://a");
    const auto update = [&](Transaction& transaction) {
        return transaction.deliveries.UpdateEndpoint(endpoint);
    };
    const auto remove = [&](Transaction& transaction) {
        return transaction.deliveries.RemoveEndpoint(endpoint.id);
    };
    EXPECT_EQ(Refused(update), ErrorCode::kNotFound);
    EXPECT_EQ(Refused(remove), ErrorCode::kNotFound);
    const auto found = storage_->Read([&](const Snapshot& snapshot) {
        return snapshot.deliveries.GetEndpoint(endpoint.id);
    });
    EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
}

TEST_P(Deliveries, AreCancelledWithTheirEndpoint) {
    const auto gone = AddEndpoint("https://gone");
    const auto kept = AddEndpoint("https://kept");
    const auto held = AddDelivery(gone.id, Now());
    ASSERT_EQ(ClaimDeliveries(1).size(), 1U);
    const auto waiting = AddDelivery(gone.id, Now());
    const auto other = AddDelivery(kept.id, Now());
    clock_.Advance(5s);
    Write([&](Transaction& transaction) { return transaction.deliveries.RemoveEndpoint(gone.id); });
    EXPECT_EQ(StoredDelivery(waiting.id).status, Status::kCancelled);
    EXPECT_EQ(StoredDelivery(waiting.id).finished_at, Now());
    EXPECT_EQ(StoredDelivery(held.id).status, Status::kProcessing);
    EXPECT_EQ(StoredDelivery(other.id).status, Status::kPending);
}

TEST_P(Deliveries, KeepEverything) {
    Delivery delivery;
    delivery.id = DeliveryId("dlv_1");
    delivery.event_id = EventId("msg_1");
    delivery.endpoint_id = EndpointId("end_1");
    delivery.status = Status::kFailed;
    delivery.attempt = 10;
    delivery.next_attempt_at = Now() + 4s;
    delivery.fence = 12;
    delivery.last_error = "the receiver answered 500";
    delivery.created_at = Now();
    delivery.finished_at = Now() + 9s;
    Write([&](Transaction& transaction) { return transaction.deliveries.Add(delivery); });
    const auto stored = StoredDelivery(delivery.id);
    EXPECT_EQ(stored.kind, DeliveryKind::kWebhook);
    EXPECT_EQ(stored.event_id, delivery.event_id);
    EXPECT_EQ(stored.endpoint_id, delivery.endpoint_id);
    EXPECT_TRUE(stored.publication_id.IsEmpty());
    EXPECT_EQ(stored.status, Status::kFailed);
    EXPECT_EQ(stored.attempt, 10);
    EXPECT_EQ(stored.next_attempt_at, delivery.next_attempt_at);
    EXPECT_EQ(stored.fence, 12);
    EXPECT_TRUE(stored.lease_owner.IsEmpty());
    EXPECT_FALSE(stored.lease_until);
    EXPECT_EQ(stored.last_error, delivery.last_error);
    EXPECT_EQ(stored.created_at, delivery.created_at);
    EXPECT_EQ(stored.finished_at, delivery.finished_at);
    const auto missing = storage_->Read([](const Snapshot& snapshot) {
        return snapshot.deliveries.Get(DeliveryId("dlv_none"));
    });
    EXPECT_EQ(missing.error().code, ErrorCode::kNotFound);
}

TEST_P(Deliveries, AreNeverStoredInAStateThatCannotBe) {
    Delivery nowhere;
    nowhere.id = DeliveryId("dlv_1");
    nowhere.event_id = EventId("msg_1");
    const auto add = [&](Transaction& transaction) { return transaction.deliveries.Add(nowhere); };
    EXPECT_EQ(Refused(add), ErrorCode::kInternal) << "a webhook without an endpoint";
    nowhere.endpoint_id = EndpointId("end_1");
    nowhere.status = Status::kCompleted;
    EXPECT_EQ(Refused(add), ErrorCode::kInternal) << "Completed without finished_at";
}

TEST_P(Deliveries, AreListedAndFilteredNewestFirst) {
    const EndpointId a("end_a");
    const EndpointId b("end_b");
    std::vector<DeliveryId> added;
    for (int i = 0; i < 5; ++i) {
        added.push_back(AddDelivery(i == 2 ? b : a, Now()).id);
    }
    std::ranges::sort(added, std::greater());
    const auto first = List({}, {.after = {}, .limit = 3});
    ASSERT_EQ(first.rows.size(), 3U);
    EXPECT_EQ(first.rows[0].id, added[0]);
    const auto second = List({}, {.after = first.next, .limit = 3});
    ASSERT_EQ(second.rows.size(), 2U);
    EXPECT_EQ(second.rows[1].id, added[4]);
    EXPECT_TRUE(second.next.empty());
    EXPECT_EQ(List({.endpoint_id = b, .event_id = {}, .status = {}, .kind = {}}).rows.size(), 1U);
    EXPECT_EQ(
        List({.endpoint_id = {}, .event_id = EventId("msg_1"), .status = {}, .kind = {}}).rows.size(), 5U
    );
    EXPECT_TRUE(
        List({.endpoint_id = {}, .event_id = EventId("msg_2"), .status = {}, .kind = {}}).rows.empty()
    );
    EXPECT_TRUE(
        List({.endpoint_id = {}, .event_id = {}, .status = Status::kFailed, .kind = {}}).rows.empty()
    );
    const DeliveryFilter publications{
        .endpoint_id = {}, .event_id = {}, .status = {}, .kind = DeliveryKind::kPublication
    };
    EXPECT_TRUE(List(publications).rows.empty());
}

TEST_P(Deliveries, AreClaimedWhenReadyOldestFirst) {
    const EndpointId endpoint("end_a");
    const auto late = AddDelivery(endpoint, Now() + 1s);
    const auto second = AddDelivery(endpoint, Now() - 1s);
    const auto first = AddDelivery(endpoint, Now() - 2s);
    const auto claimed = ClaimDeliveries(9);
    ASSERT_EQ(claimed.size(), 2U);
    EXPECT_EQ(claimed[0].id, first.id);
    EXPECT_EQ(claimed[1].id, second.id);
    EXPECT_EQ(claimed[0].status, Status::kProcessing);
    EXPECT_EQ(claimed[0].attempt, 1);
    EXPECT_EQ(claimed[0].fence, 1);
    EXPECT_EQ(claimed[0].lease_owner, NodeId("nod_a"));
    EXPECT_EQ(claimed[0].lease_until, Now() + 60s);
    EXPECT_EQ(StoredDelivery(first.id).attempt, 1);
    EXPECT_TRUE(ClaimDeliveries(9).empty());
    clock_.Advance(1s);
    EXPECT_EQ(ClaimDeliveries(9).at(0).id, late.id);
}

TEST_P(Deliveries, AreBoundedForEachEndpoint) {
    for (int i = 0; i < 5; ++i) {
        AddDelivery(EndpointId("end_a"), Now() - 1h);
    }
    AddDelivery(EndpointId("end_b"), Now());
    const auto count = [](const std::vector<Delivery>& rows) {
        std::map<std::string, int> counts;
        for (const auto& row : rows) {
            ++counts[row.endpoint_id.Value()];
        }
        return counts;
    };
    const auto claimed = ClaimDeliveries(9, 2);
    EXPECT_EQ(count(claimed), (std::map<std::string, int>{{"end_a", 2}, {"end_b", 1}}));
    EXPECT_TRUE(ClaimDeliveries(9, 2).empty()) << "those that are held count";
    EXPECT_TRUE(FinishDelivery(claimed[0], Status::kCompleted));
    EXPECT_EQ(ClaimDeliveries(9, 2).size(), 1U);
}

TEST_P(Deliveries, OfOneEndpointDoNotHideThoseOfOthers) {
    for (int endpoint = 0; endpoint < 6; ++endpoint) {
        for (int i = 0; i < 8; ++i) {
            AddDelivery(EndpointId("end_busy" + std::to_string(endpoint)), Now() - 1h);
        }
    }
    ASSERT_EQ(ClaimDeliveries(6, 1).size(), 6U);
    const auto waiting = AddDelivery(EndpointId("end_quiet"), Now());
    const auto claimed = ClaimDeliveries(2, 1);
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].id, waiting.id);
}

TEST_P(Deliveries, ShareABatchBetweenEndpoints) {
    for (int i = 0; i < 5; ++i) {
        AddDelivery(EndpointId("end_a"), Now() - 1h);
    }
    AddDelivery(EndpointId("end_b"), Now());
    std::set<std::string> served;
    for (const auto& row : ClaimDeliveries(2)) {
        served.insert(row.endpoint_id.Value());
    }
    EXPECT_EQ(served, (std::set<std::string>{"end_a", "end_b"}));
}

TEST_P(Deliveries, AreFinishedByWhoHoldsThem) {
    AddDelivery(EndpointId("end_a"), Now());
    auto held = ClaimDeliveries(1).at(0);
    held.last_error = "the receiver answered 500";
    held.next_attempt_at = Now() + 5s;
    const DeliveryAttempt attempt{
        .delivery_id = held.id,
        .number = 1,
        .at = Now(),
        .duration = 250ms,
        .http_status = 500,
        .error = "the receiver answered 500",
        .response = std::string("oops\0\xff", 6)
    };
    EXPECT_TRUE(FinishDelivery(held, Status::kPending, attempt));
    EXPECT_FALSE(FinishDelivery(held, Status::kCompleted, attempt)) << "it is no longer held";
    const auto stored = StoredDelivery(held.id);
    EXPECT_EQ(stored.status, Status::kPending);
    EXPECT_EQ(stored.next_attempt_at, Now() + 5s);
    EXPECT_EQ(stored.last_error, held.last_error);
    const auto attempts =
        Read([&](const Snapshot& snapshot) { return snapshot.deliveries.Attempts(held.id); });
    ASSERT_EQ(attempts.size(), 1U);
    EXPECT_EQ(attempts[0].delivery_id, held.id);
    EXPECT_EQ(attempts[0].number, 1);
    EXPECT_EQ(attempts[0].at, attempt.at);
    EXPECT_EQ(attempts[0].duration, 250ms);
    EXPECT_EQ(attempts[0].http_status, 500);
    EXPECT_EQ(attempts[0].error, attempt.error);
    EXPECT_EQ(attempts[0].response, attempt.response);
}

TEST_P(Deliveries, AreReleasedWhenTheirLeaseEndsWithoutBurningATry) {
    AddDelivery(EndpointId("end_a"), Now());
    const auto held = ClaimDeliveries(1).at(0);
    clock_.Advance(60s);
    EXPECT_EQ(Release(false), 0);
    clock_.Advance(1ms);
    EXPECT_EQ(Release(false), 1);
    EXPECT_EQ(StoredDelivery(held.id).status, Status::kPending);
    EXPECT_EQ(StoredDelivery(held.id).attempt, 0);
    const auto again = ClaimDeliveries(1).at(0);
    EXPECT_GT(again.fence, held.fence);
    EXPECT_FALSE(FinishDelivery(held, Status::kCompleted)) << "the one before lost it";
    EXPECT_EQ(Release(true), 1) << "a start takes back what is held, whatever its lease";
}

TEST_P(Deliveries, KnowWhenTheNextBecomesReady) {
    const auto next = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.deliveries.NextReadyAt(Now()); });
    };
    EXPECT_EQ(next(), std::nullopt);
    AddDelivery(EndpointId("end_a"), Now() + 7s);
    EXPECT_EQ(next(), Now() + 7s);
    AddDelivery(EndpointId("end_b"), Now() - 7s);
    EXPECT_EQ(next(), Now());
}

TEST_P(Deliveries, AreLeftAloneWhileTheirEndpointIsPaused) {
    auto endpoint = AddEndpoint("https://paused");
    const auto other = AddEndpoint("https://other");
    const auto set = [&](bool active, const std::string& disabled_reason = {}) {
        endpoint.active = active;
        endpoint.disabled_reason = disabled_reason;
        Write([&](Transaction& transaction) { return transaction.deliveries.UpdateEndpoint(endpoint); });
    };
    const auto next = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.deliveries.NextReadyAt(Now()); });
    };
    const auto waiting = AddDelivery(endpoint.id, Now() - 1h);
    set(false);
    EXPECT_EQ(next(), std::nullopt) << "nobody has to wake for it";
    EXPECT_TRUE(ClaimDeliveries(10).empty());
    const auto ready = AddDelivery(other.id, Now());
    EXPECT_EQ(next(), Now());
    const auto claimed = ClaimDeliveries(10);
    ASSERT_EQ(claimed.size(), 1U);
    EXPECT_EQ(claimed[0].id, ready.id);
    EXPECT_EQ(next(), std::nullopt);
    RequestPublication(AddItem(AddBucket(), "a"));
    EXPECT_EQ(next(), Now()) << "what has no endpoint";
    const auto published = ClaimDeliveries(10);
    ASSERT_EQ(published.size(), 1U);
    EXPECT_EQ(published[0].kind, DeliveryKind::kPublication);
    EXPECT_EQ(StoredDelivery(waiting.id).fence, 0);
    set(false, "the receiver answered 410 Gone");
    EXPECT_EQ(next(), Now()) << "what waits for a disabled one is to be cancelled";
    set(true);
    ASSERT_EQ(ClaimDeliveries(10).size(), 1U);
    EXPECT_EQ(StoredDelivery(waiting.id).attempt, 1);
}

TEST_P(Deliveries, AreListedByTheTimeTheyWereMade) {
    std::vector<DeliveryId> made;
    for (int i = 0; i < 3; ++i) {
        made.push_back(AddDelivery(EndpointId("end_a"), Now()).id);
        clock_.Advance(1min);
    }
    const auto of = [&](std::optional<Timestamp> since, std::optional<Timestamp> until) {
        std::set<DeliveryId> ids;
        for (const auto& row : List({.since = since, .until = until}).rows) {
            ids.insert(row.id);
        }
        return ids;
    };
    const auto second = StoredDelivery(made[1]).created_at;
    EXPECT_EQ(of(second, {}), (std::set{made[1], made[2]}));
    EXPECT_EQ(of({}, second), std::set{made[0]});
    EXPECT_EQ(of(second, second + 1min), std::set{made[1]});
}

TEST_P(Deliveries, AreCountedByKindAndStatus) {
    AddDelivery(EndpointId("end_a"), Now());
    AddDelivery(EndpointId("end_b"), Now());
    const auto held = ClaimDeliveries(1);
    ASSERT_EQ(held.size(), 1U);
    EXPECT_TRUE(FinishDelivery(held[0], Status::kCompleted));
    const auto counts = Read([](const Snapshot& snapshot) { return snapshot.deliveries.Count(); });
    ASSERT_EQ(counts.size(), 2U);
    EXPECT_EQ(counts[0].kind, DeliveryKind::kWebhook);
    EXPECT_EQ(counts[0].status, Status::kCompleted);
    EXPECT_EQ(counts[0].count, 1);
    EXPECT_EQ(counts[1].status, Status::kPending);
    EXPECT_EQ(counts[1].count, 1);
}

TEST_P(Deliveries, ThatEverEndedStayCountedWhenTheyAreRemoved) {
    const auto ended = [&] {
        std::map<Status, std::int64_t> counted;
        for (const auto& each : Read([](const Snapshot& snapshot) { return snapshot.deliveries.Ended(); })) {
            EXPECT_EQ(each.kind, DeliveryKind::kWebhook);
            counted[each.status] = each.count;
        }
        return counted;
    };
    for (const auto* const endpoint : {"end_a", "end_b", "end_c"}) {
        AddDelivery(EndpointId(endpoint), Now());
    }
    const auto held = ClaimDeliveries(3);
    ASSERT_EQ(held.size(), 3U);
    EXPECT_TRUE(FinishDelivery(held[0], Status::kPending));
    EXPECT_TRUE(ended().empty()) << "it is tried again";
    EXPECT_TRUE(FinishDelivery(held[1], Status::kFailed));
    EXPECT_TRUE(FinishDelivery(held[2], Status::kFailed));
    EXPECT_FALSE(FinishDelivery(held[2], Status::kFailed))
        << "it is not held any more, and not counted again";
    EXPECT_EQ(ended(), (std::map<Status, std::int64_t>{{Status::kFailed, 2}}));
    clock_.Advance(1min);
    EXPECT_EQ(Write([&](Transaction& transaction) { return transaction.deliveries.RemoveOld(Now(), 9); }), 2);
    EXPECT_EQ(ended(), (std::map<Status, std::int64_t>{{Status::kFailed, 2}}));
}

TEST_P(Deliveries, OfAPublicationAreAskedForOnce) {
    const auto item = AddItem(AddBucket(), "a");
    const auto first = RequestPublication(item);
    RequestPublication(item);
    const auto rows = List({}).rows;
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].kind, DeliveryKind::kPublication);
    EXPECT_EQ(rows[0].publication_id, first.id);
    EXPECT_EQ(rows[0].next_attempt_at, Now());
    auto stored =
        Read([&](const Snapshot& snapshot) { return snapshot.deliveries.GetPublication(first.id); });
    EXPECT_EQ(stored.item_id, item.id);
    EXPECT_EQ(stored.destination, "beside");
    EXPECT_EQ(stored.format, "notifications.json");
    EXPECT_EQ(stored.written_digest, "");
    stored.written_digest = "digest 2";
    Write([&](Transaction& transaction) { return transaction.deliveries.SetPublication(stored); });
    EXPECT_EQ(
        Read([&](const Snapshot& snapshot) {
            return snapshot.deliveries.GetPublication(first.id);
        }).written_digest,
        "digest 2"
    );
    stored.id = PublicationId("pub_none");
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.deliveries.SetPublication(stored); }),
        ErrorCode::kNotFound
    );
}

TEST_P(Deliveries, OfAStatusDoNotMeanThatResultsWerePublished) {
    const auto item = AddItem(AddBucket(), "a");
    Write([&](Transaction& transaction) {
        return transaction.deliveries.RequestPublication(
            {.id = PublicationId(MakeId("pub")),
             .item_id = item.id,
             .destination = "beside",
             .format = "status"},
            Now()
        );
    });
    const auto has = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.deliveries.HasPublication(item.id); });
    };
    EXPECT_FALSE(has());
    RequestPublication(item);
    EXPECT_TRUE(has());
}

TEST_P(Deliveries, TellHowAPublicationStands) {
    const auto item = AddItem(AddBucket(), "a");
    const auto status = [&](std::string_view format) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.deliveries.PublicationStatus(item.id, format);
        });
    };
    EXPECT_EQ(status("notifications.json"), std::nullopt);
    RequestPublication(item);
    EXPECT_EQ(status("notifications.json"), Status::kPending);
    EXPECT_EQ(status("status"), std::nullopt);
    EXPECT_TRUE(FinishDelivery(ClaimDeliveries(9).at(0), Status::kFailed));
    EXPECT_EQ(status("notifications.json"), Status::kFailed);
    clock_.Advance(1h);
    RequestPublication(item);
    EXPECT_EQ(status("notifications.json"), Status::kPending) << "the newest counts";
    EXPECT_TRUE(FinishDelivery(ClaimDeliveries(9).at(0), Status::kCompleted));
    clock_.Advance(1h);
    Write([&](Transaction& transaction) { return transaction.deliveries.RemoveOld(Now(), 9); });
    EXPECT_EQ(status("notifications.json"), Status::kCompleted) << "its deliveries are no longer kept";
}

TEST_P(Deliveries, OfAPublicationThatIsAskedForAgainAreTriedAtOnceAndWithAllTries) {
    const auto item = AddItem(AddBucket(), "a");
    RequestPublication(item);
    auto held = ClaimDeliveries(9).at(0);
    held.next_attempt_at = Now() + 1h;
    EXPECT_TRUE(FinishDelivery(held, Status::kPending));
    EXPECT_EQ(List({}).rows.at(0).attempt, 1);
    RequestPublication(item);
    const auto rows = List({}).rows;
    ASSERT_EQ(rows.size(), 1U);
    EXPECT_EQ(rows[0].attempt, 0);
    EXPECT_EQ(rows[0].next_attempt_at, Now());
}

TEST_P(Deliveries, OfOnePublicationAreNeverMadeAtTheSameTime) {
    const auto bucket = AddBucket();
    const auto item = AddItem(bucket, "a");
    RequestPublication(item);
    const auto held = ClaimDeliveries(9);
    ASSERT_EQ(held.size(), 1U);
    RequestPublication(item);
    RequestPublication(AddItem(bucket, "b"));
    const auto other = ClaimDeliveries(9);
    ASSERT_EQ(other.size(), 1U);
    EXPECT_NE(other[0].publication_id, held[0].publication_id);
    EXPECT_TRUE(FinishDelivery(held[0], Status::kCompleted));
    const auto next = ClaimDeliveries(9);
    ASSERT_EQ(next.size(), 1U);
    EXPECT_EQ(next[0].publication_id, held[0].publication_id);
}

TEST_P(Deliveries, OfTwoVersionsOfAnObjectAreNeverMadeAtTheSameTime) {
    const auto bucket = AddBucket();
    const auto old = MakeItem(bucket, "a", "1");
    const auto newer = MakeItem(bucket, "a", "2");
    for (const auto* item : {&old, &newer}) {
        Write([&](Transaction& transaction) { return transaction.items.AddIfNew(*item); });
    }
    const auto first = RequestPublication(old);
    const auto second = RequestPublication(newer);
    const auto held = ClaimDeliveries(9);
    ASSERT_EQ(held.size(), 1U);
    EXPECT_TRUE(ClaimDeliveries(9).empty());
    EXPECT_TRUE(FinishDelivery(held[0], Status::kCompleted));
    const auto next = ClaimDeliveries(9);
    ASSERT_EQ(next.size(), 1U);
    EXPECT_NE(next[0].publication_id, held[0].publication_id);
}

}  // namespace

}  // namespace notify::testing
