#include "sources/s3/listing.hpp"

#include <chrono>
#include <cstdint>
#include <string>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/sources/s3/fixture.hpp"

namespace notify::s3 {
namespace {

class S3Listing : public S3ClientTest {
protected:
    struct Walk {
        std::uint64_t keys = 0;
        std::uint64_t pages = 0;
        std::string last;
        Result<void> end;
    };

    /// To the end or to the first error; keys must rise.
    Walk WalkThrough(Listing& listing) {
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
            ++walk.pages;
            for (const auto& object : (*page)->objects) {
                EXPECT_GT(object.key, walk.last);
                walk.last = object.key;
                ++walk.keys;
            }
        }
    }
};

TEST_F(S3Listing, TellsEveryKeyOnceInBothForms) {
    for (const auto* form : {"false", "true"}) {
        fake_.Set(std::string(R"({"many": {"many": 12345}, "first_form": )") + form + "}");
        Client client(Settings(), Always(kGood), clock_);
        Listing listing(client, "many", "");
        const auto walk = WalkThrough(listing);
        EXPECT_TRUE(walk.end.has_value());
        EXPECT_EQ(walk.keys, 12345U);
        EXPECT_EQ(walk.pages, 13U);
    }
}

TEST_F(S3Listing, GoesOnBehindTheKeyWhereItWasLeft) {
    fake_.Set(R"({"many": {"many": 3000}})");
    Listing first(client_, "many", "");
    ASSERT_TRUE(first.Next({}).has_value());
    Listing second(client_, "many", "", first.Position());
    EXPECT_EQ(WalkThrough(second).keys, 2000U);
}

TEST_F(S3Listing, AnEmptyBucketHasNoPage) {
    Listing listing(client_, "media", "");
    EXPECT_FALSE(listing.Next({}).value().has_value());
    EXPECT_FALSE(listing.Next({}).value().has_value());
}

TEST_F(S3Listing, EndsWhenTheStoreRepeatsItselfInsteadOfGoingRoundForEver) {
    fake_.Set(R"({"many": {"many": 5000}, "repeat_token": true})");
    Listing listing(client_, "many", "");
    const auto walk = WalkThrough(listing);
    EXPECT_EQ(walk.keys, 1000U);
    EXPECT_EQ(walk.end.error().reason, "stuck");
}

TEST_F(S3Listing, RefusesKeysOutOfOrder) {
    fake_.Set(R"({"many": {"many": 5000}, "unsorted": true})");
    Listing listing(client_, "many", "");
    EXPECT_EQ(WalkThrough(listing).end.error().reason, "unsorted");
}

TEST_F(S3Listing, RefusesACutPageAndGoesOnWhereItWas) {
    fake_.Set(R"({"many": {"many": 2500}})");
    Listing listing(client_, "many", "");
    ASSERT_TRUE(listing.Next({}).has_value());
    fake_.Set(R"({"cut_xml": true})");
    EXPECT_EQ(listing.Next({}).error().reason, objects::kNotAStore);
    fake_.Set(R"({"cut_xml": false})");
    EXPECT_EQ(WalkThrough(listing).keys, 1500U);
}

TEST_F(S3Listing, ReadsKeysAsTheyAreWhenTheStoreIgnoresTheEncoding) {
    Put("a+b%20 \xc3\xa9", "x");
    fake_.Set(R"({"ignore_encoding": true})");
    Listing listing(client_, "media", "");
    EXPECT_EQ(listing.Next({}).value().value().objects.at(0).key, "a+b%20 \xc3\xa9");
}

TEST_F(S3Listing, GoesOnByKeyWhenATokenGrewOld) {
    fake_.Set(R"({"many": {"many": 2500}})");
    Listing listing(client_, "many", "");
    ASSERT_TRUE(listing.Next({}).has_value());
    fake_.Set(R"({"faults": [{"query": "continuation-token", "times": 99, "do": "status", "status": 400,
                              "code": "InvalidArgument"}]})");
    const auto walk = WalkThrough(listing);
    EXPECT_TRUE(walk.end.has_value()) << walk.end.error().message;
    EXPECT_EQ(walk.keys, 1500U);
}

}  // namespace
}  // namespace notify::s3
