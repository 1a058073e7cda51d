#include "sources/datacore/native_listing.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/key_order.hpp"
#include "unit/sources/datacore/fixture.hpp"

namespace notify::datacore {
namespace {

class NativeListingTest : public NativeClientTest {
protected:
    struct Walk {
        std::vector<std::string> keys;
        Result<void> end;
    };

    /// To the end or to the first error.
    static Walk WalkThrough(NativeListing& listing) {
        Walk walk;
        while (true) {
            auto page = listing.Next({});
            if (!page) {
                walk.end = Unexpected(page.error());
                return walk;
            }
            if (!*page) {
                return walk;
            }
            for (const auto& object : **page) {
                EXPECT_TRUE(walk.keys.empty() || object.key > walk.keys.back());
                walk.keys.push_back(object.key);
            }
        }
    }
};

TEST_F(NativeListingTest, TellsEveryKeyOnceAlsoWhenPagesAreShort) {
    fake_.Set(R"({"many": {"many": 3456}})");
    NativeListing listing(client_, "many", "");
    EXPECT_EQ(WalkThrough(listing).keys.size(), 3456U);
    fake_.Set(R"({"page": 700})");
    NativeListing shorter(client_, "many", "");
    EXPECT_EQ(WalkThrough(shorter).keys.size(), 3456U);
}

TEST_F(NativeListingTest, EndsWhereTheMarkerIsPartOfItsPage) {
    fake_.Set(R"({"many": {"many": 2500}, "marker_included": true})");
    NativeListing listing(client_, "many", "");
    const auto walk = WalkThrough(listing);
    EXPECT_TRUE(walk.end.has_value()) << walk.end.error().message;
    EXPECT_EQ(walk.keys.size(), 2500U);
}

TEST_F(NativeListingTest, GoesOnBehindTheKeyWhereItWasLeft) {
    fake_.Set(R"({"many": {"many": 3000}})");
    NativeListing first(client_, "many", "");
    ASSERT_TRUE(first.Next({}).has_value());
    NativeListing second(client_, "many", "", first.Position());
    EXPECT_EQ(WalkThrough(second).keys.size(), 2000U);
}

TEST_F(NativeListingTest, AnEmptyBucketHasNoPage) {
    NativeListing listing(client_, "media", "");
    EXPECT_FALSE(listing.Next({}).value().has_value());
    EXPECT_FALSE(listing.Next({}).value().has_value());
}

TEST_F(NativeListingTest, EndsWhenTheStoreRepeatsItselfInsteadOfGoingRoundForEver) {
    fake_.Set(R"({"many": {"many": 5000}, "repeat_marker": true})");
    NativeListing listing(client_, "many", "");
    const auto walk = WalkThrough(listing);
    EXPECT_EQ(walk.keys.size(), 1000U);
    EXPECT_EQ(walk.end.error().reason, objects::kStuck);
}

TEST_F(NativeListingTest, RefusesKeysOutOfOrder) {
    fake_.Set(R"({"many": {"many": 5000}, "unsorted": true})");
    NativeListing listing(client_, "many", "");
    EXPECT_EQ(WalkThrough(listing).end.error().reason, objects::kUnsorted);
}

TEST_F(NativeListingTest, RefusesACutPageAndGoesOnWhereItWas) {
    fake_.Set(R"({"many": {"many": 2500}})");
    NativeListing listing(client_, "many", "");
    ASSERT_TRUE(listing.Next({}).has_value());
    fake_.Set(R"({"cut_json": true})");
    EXPECT_EQ(listing.Next({}).error().reason, objects::kWrongAnswer);
    fake_.Set(R"({"cut_json": false})");
    EXPECT_EQ(WalkThrough(listing).keys.size(), 1500U);
}

TEST_F(NativeListingTest, LeavesOutKeysOfOtherPrefixesWhereTheStoreDoesNot) {
    for (const auto* key : {"a/1", "b/1", "b/2", "c/1"}) {
        Put(key, "x");
    }
    fake_.Set(R"({"ignore_prefix": true})");
    NativeListing listing(client_, "media", "b/");
    EXPECT_EQ(WalkThrough(listing).keys, (std::vector<std::string>{"b/1", "b/2"}));
}

TEST_F(NativeListingTest, ReadsTheNamesOfFieldsThatPlainListingsHave) {
    Put("a", "x");
    fake_.Set(R"({"plain_fields": true})");
    NativeListing listing(client_, "media", "");
    EXPECT_EQ(WalkThrough(listing).keys, std::vector<std::string>{"a"});
}

TEST_F(NativeListingTest, WhatTheIndexHasNotSeenYetIsThereAllTheSame) {
    const auto etag = Put("late.mxf", "x");
    fake_.Set(R"({"unlisted": ["late.mxf"]})");
    NativeListing listing(client_, "media", "");
    EXPECT_TRUE(WalkThrough(listing).keys.empty());
    EXPECT_EQ(client_.Head("media", "late.mxf", {}).value().etag, etag);
}

}  // namespace
}  // namespace notify::datacore
