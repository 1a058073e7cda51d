#include <chrono>
#include <string>

#include <boost/json/serialize.hpp>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/node.hpp"
#include "queue/claim.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/node_repository.hpp"
#include "storage/storage.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using namespace std::chrono_literals;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

/// Two items that wait in a bucket, and a node that could take them.
class StandstillTest : public testing::ApiTest {
protected:
    StandstillTest() {
        bucket_ = BucketId(AddBucket("in"));
        for (const auto* key : {"a.bin", "b.bin"}) {
            Discover(key, key);
        }
        const Node node{
            .id = NodeId("nod_1"),
            .name = "one",
            .host = "localhost",
            .version = "1",
            .roles = Roles::All(),
            .workers = 2,
            .started_at = clock_.Now(),
            .heard_at = clock_.Now()
        };
        EXPECT_TRUE(storage_->Write([&](Transaction& transaction) { return transaction.nodes.Join(node); }));
    }

    void ClaimOne() {
        const auto claimed = storage_->Write([&](Transaction& transaction) {
            return ClaimItems(transaction, {.node = NodeId("nod_1"), .lease = 1h}, 1, clock_.Now());
        });
        ASSERT_TRUE(claimed) << claimed.error().message;
        ASSERT_EQ(claimed->size(), 1U);
    }

    /// Why the one Pending item waits, and by which word: "paused; its bucket …". The list has the same word.
    std::string Waiting() {
        const auto rows = Expect(200, "GET", "/v1/items?status=Pending").at("rows");
        const auto& row = rows.at(0);
        const auto item = Expect(200, "GET", "/v1/items/" + std::string(row.at("id").as_string()));
        EXPECT_EQ(item.at("blocked_by"), row.at("blocked_by"));
        auto text = std::string(item.at("blocked_by").as_string());
        for (const auto& sentence : item.at("why").as_array()) {
            text += "; " + std::string(sentence.as_string());
        }
        return text;
    }

    void SetMaxInFlight(std::string_view of, int most) {
        Expect(200, "PATCH", fmt::format("/v1/{}", of), fmt::format(R"({{"max_in_flight":{}}})", most));
    }

    BucketId bucket_;
};

TEST_F(StandstillTest, AnItemThatAFreeWorkerMayTakeWaitsForOne) {
    EXPECT_THAT(Waiting(), AllOf(HasSubstr("slot; "), HasSubstr("waits for a free worker")));
}

TEST_F(StandstillTest, AsManyOfTheBucketAsMayBeProcessedHoldBackTheOthers) {
    SetMaxInFlight("buckets/in", 1);
    EXPECT_THAT(Waiting(), HasSubstr("waits for a free worker")) << "none runs";
    ClaimOne();
    EXPECT_THAT(
        Waiting(),
        AllOf(
            HasSubstr("max_in_flight; its bucket 'in' has 1 item in processing, as many as it may"),
            Not(HasSubstr("free worker"))
        )
    );
    SetMaxInFlight("buckets/in", 2);
    EXPECT_THAT(Waiting(), HasSubstr("slot; "));
}

TEST_F(StandstillTest, AsManyOfTheSourceAsMayBeProcessedHoldBackTheOthers) {
    const auto source = Expect(200, "GET", "/v1/sources").at("rows").at(0).at("id");
    SetMaxInFlight("sources/" + std::string(source.as_string()), 1);
    ClaimOne();
    EXPECT_THAT(Waiting(), AllOf(HasSubstr("max_in_flight; its source '"), Not(HasSubstr("free worker"))));
}

TEST_F(StandstillTest, AfterAHoldTheOthersWaitForTheOneThatTries) {
    const BucketHold hold{
        .until = clock_.Now() + 1min,
        .reason = "unreachable",
        .sentence = "the store does not answer",
        .times = 1
    };
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.buckets.Hold(bucket_, hold);
    }));
    EXPECT_THAT(
        Waiting(), AllOf(HasSubstr("source_refuses; its bucket is held back until"), Not(HasSubstr("tries")))
    );
    clock_.Advance(1min);
    ClaimOne();
    EXPECT_THAT(
        Waiting(),
        AllOf(
            HasSubstr("source_refuses; its bucket was held back until"),
            HasSubstr("the store does not answer; one of its items tries whether that is over"),
            Not(HasSubstr("free worker"))
        )
    );
}

TEST_F(StandstillTest, ItemsOfAPausedBucketSayWhoPausedItWhyAndUntilWhen) {
    const auto paused = Expect(
        201,
        "POST",
        "/v1/pauses",
        R"({"of":"bucket","subject":"in","reason":"it is sorted","for_seconds":60})"
    );
    EXPECT_EQ(paused.at("subject").as_string(), bucket_.Value());
    EXPECT_EQ(paused.at("until").as_string(), ToRfc3339(clock_.Now() + 60s));
    EXPECT_THAT(
        Waiting(),
        AllOf(HasSubstr("paused; the bucket is paused since"), HasSubstr("until"), HasSubstr("it is sorted"))
    );
    const auto* const bucket = "/v1/buckets/in";
    EXPECT_THAT(
        std::string(Expect(200, "GET", bucket).at("paused").as_string()),
        AllOf(HasSubstr("by key_"), HasSubstr("it is sorted"))
    );
    clock_.Advance(60s);
    EXPECT_THAT(Waiting(), HasSubstr("slot; ")) << "it ends by itself";
    EXPECT_TRUE(Expect(200, "GET", bucket).at("paused").is_null());
}

TEST_F(StandstillTest, WhatOnlyDrainedNodesCouldTakeIsPaused) {
    Expect(201, "POST", "/v1/pauses", R"({"of":"node","subject":"one","reason":"new memory"})");
    EXPECT_THAT(Waiting(), HasSubstr("paused; no node may take it: the node is paused since"));
}

TEST_F(StandstillTest, AnEndIsATimeOrHowLongItLasts) {
    const auto* const both =
        R"({"of":"everything","reason":"r","until":"2099-01-01T00:00:00Z","for_seconds":60})";
    EXPECT_THAT(boost::json::serialize(Expect(400, "POST", "/v1/pauses", both)), HasSubstr("/for_seconds"));
    Expect(400, "POST", "/v1/pauses", R"({"of":"everything","reason":"r","for_seconds":0})");
    Expect(400, "POST", "/v1/pauses", R"({"of":"everything","reason":"r","for_seconds":315360001})");
    Expect(404, "POST", "/v1/pauses", R"({"of":"bucket","subject":"none","reason":"r"})");
}

TEST_F(StandstillTest, APauseGoesWithItsBucket) {
    AddBucket("other");
    Expect(201, "POST", "/v1/pauses", R"({"of":"bucket","subject":"other","reason":"r"})");
    Expect(204, "DELETE", "/v1/buckets/other");
    EXPECT_TRUE(Expect(200, "GET", "/v1/pauses").at("rows").as_array().empty());
}

}  // namespace
}  // namespace notify
