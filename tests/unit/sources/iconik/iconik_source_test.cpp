#include "sources/iconik/iconik_source.hpp"

#include <algorithm>
#include <chrono>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "sources/access.hpp"
#include "sources/objects/faults.hpp"
#include "sources/source.hpp"
#include "unit/sources/iconik/fixture.hpp"

namespace notify::iconik {
namespace {

using ::testing::HasSubstr;

class IconikSourceTest : public IconikTest {
protected:
    IconikSourceTest() {
        access_.source = {.id = SourceId("src_1"), .kind = "iconik", .name = "iconik"};
        access_.source.config = Config();
        access_.secrets = {SecretOfTests()};
    }

    [[nodiscard]] std::string Config(std::string_view more = {}) const {
        return fmt::format(R"({{"endpoint": "{}"{}{}}})", fake_.Url(), more.empty() ? "" : ", ", more);
    }

    static Bucket BucketAt(std::string location) {
        return {
            .id = BucketId("bkt_1"),
            .source_id = SourceId("src_1"),
            .kind = "iconik",
            .name = "dailies",
            .location = std::move(location)
        };
    }

    Result<std::vector<FoundObject>> Scan(
        const Bucket& bucket, std::optional<Timestamp> changed_since = std::nullopt
    ) {
        std::vector<FoundObject> found;
        return source_
            .Scan(
                {.bucket = bucket, .start_after = {}, .through = {}, .changed_since = changed_since},
                [&](FoundObject object) -> Result<void> {
                    found.push_back(std::move(object));
                    return {};
                },
                {}
            )
            .map([&](const ScanReport& report) {
                note_ = report.note;
                return found;
            });
    }

    Result<std::string> OpenAndRead(const Item& item) {
        const auto opened = source_.Open(collection_, item, {});
        if (!opened) {
            return Unexpected(opened.error());
        }
        std::string bytes(opened->size_bytes, '\0');
        return opened->reader->ReadAt(0, std::as_writable_bytes(std::span(bytes))).map([&](std::size_t) {
            return bytes;
        });
    }

    Item ItemNow() {
        const auto found = source_.Look(collection_, std::string(kAsset), {}).value().value();
        return {.key = found.key, .version = found.version, .discovered_at = clock_.Now()};
    }

    /// An asset of its own in the collection, that lists tell without its versions.
    void MakeBeside() {
        Make(Original("one"));
        Make(Original("two"), kSaved);
        fake_.Set(R"({"lists": {"versions": false}})");
    }

    std::string note_;  ///< Of the last scan.
    std::mutex access_mutex_;
    SourceAccess access_;
    const Bucket collection_ = BucketAt(fmt::format("collections/{}", kPlace));
    IconikSource source_{
        [this](const SourceId&) -> Result<SourceAccess> {
            const std::scoped_lock lock(access_mutex_);
            return access_;
        },
        clock_
    };
};

TEST_F(IconikSourceTest, ACollectionsAssetsAreFound) {
    fake_.Set(
        fmt::format(
            R"({{"collections": [{{"id": "{}"}}], "many": {{"collection": "{}", "count": 450}}}})",
            kPlace,
            kPlace
        )
    );
    const auto found = Scan(collection_);
    ASSERT_TRUE(found.has_value()) << found.error().message;
    std::set<std::string> keys;
    for (const auto& object : *found) {
        keys.insert(object.key);
        EXPECT_FALSE(object.version.empty());
        EXPECT_TRUE(object.skip_code.empty());
    }
    EXPECT_EQ(keys.size(), 450U);
    EXPECT_EQ(Requests(), 3);
}

TEST_F(IconikSourceTest, WhatHasNoMediaOfItsOwnIsSkippedAndAPlaceholderIsWaitedFor) {
    Make(R"("type": "LINK")");
    Make(R"("type": "PLACEHOLDER")", "44444444-4444-4444-8444-444444444444");
    const auto found = Scan(collection_);
    ASSERT_TRUE(found.has_value());
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().skip_code, "no_media");
}

TEST_F(IconikSourceTest, ASavedSearchFindsWhatItLooksFor) {
    fake_.Set(
        fmt::format(
            R"({{"saved": [{{"id": "{}", "criteria": {{"doc_types": ["assets", "collections"], "query": "wanted", "filter": null, "name": "mine", "search_after": ["x"]}}}}],
             "make": [{{"title": "wanted.mxf"}}, {{"title": "other.mxf"}}, {{"title": "also wanted.mxf"}}]}})",
            kSaved
        )
    );
    const auto found = Scan(BucketAt(fmt::format("searches/{}", kSaved)));
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_EQ(found->size(), 2U);
}

TEST_F(IconikSourceTest, OfAllAssetsThoseAreFoundThatChangedSinceThen) {
    Make(Original("one"));
    const auto assets = BucketAt("assets");
    EXPECT_TRUE(source_.TellsChanges(assets));
    EXPECT_FALSE(source_.TellsChanges(collection_));
    EXPECT_EQ(Scan(assets).value().size(), 1U);
    EXPECT_EQ(Scan(assets).value().size(), 1U) << "it remembers nothing itself";
    const auto now = Timestamp(
        std::chrono::duration_cast<Timestamp::duration>(std::chrono::system_clock::now().time_since_epoch())
    );  // the fake's assets are of now
    EXPECT_EQ(Scan(assets, now - std::chrono::hours(1)).value().size(), 1U);
    EXPECT_EQ(Scan(assets, now + std::chrono::hours(1)).value().size(), 0U);
}

TEST_F(IconikSourceTest, AnAssetThatMayNotBeSeenIsLeftOutAndTold) {
    MakeBeside();
    fake_.Set(
        fmt::format(
            R"({{"faults": [{{"path": "/assets/{}/", "times": 9, "do": "status", "status": 403}}]}})", kAsset
        )
    );
    const auto found = Scan(collection_);
    ASSERT_TRUE(found.has_value()) << found.error().message;
    ASSERT_EQ(found->size(), 1U);
    EXPECT_EQ(found->front().key, kSaved);
    EXPECT_THAT(note_, HasSubstr("1 of its assets could not be looked at and is left out"));
    EXPECT_THAT(note_, HasSubstr("give its user the role that is needed"));
}

TEST_F(IconikSourceTest, AnAssetOfWhichNoSenseIsToldIsLeftOut) {
    MakeBeside();
    fake_.Set(
        fmt::format(
            R"({{"faults": [{{"path": "/assets/{}/", "times": 9, "do": "status", "status": 200, "body": "{{}}"}}]}})",
            kAsset
        )
    );
    const auto found = Scan(collection_);
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_EQ(found->size(), 1U);
    EXPECT_THAT(note_, HasSubstr("could not be looked at"));
}

TEST_F(IconikSourceTest, AScanEndsWhenTheCredentialsAreRefused) {
    MakeBeside();
    fake_.Set(
        fmt::format(
            R"({{"faults": [{{"path": "/assets/{}/", "times": 9, "do": "status", "status": 401}}]}})", kAsset
        )
    );
    const auto found = Scan(collection_);
    ASSERT_FALSE(found.has_value());
    EXPECT_EQ(found.error().reason, objects::kCredentialsRefused);
}

TEST_F(IconikSourceTest, AnAssetThatWasDeletedIsToldAsGone) {
    MakeBeside();
    fake_.Set(R"({"lists": {"versions": false, "deleted": true}})");
    Make(R"("status": "DELETED")");
    fake_.Set(
        fmt::format(
            R"({{"faults": [{{"path": "/assets/{}/", "times": 9, "do": "status", "status": 404}}]}})", kSaved
        )
    );
    const auto found = Scan(BucketAt("assets"));
    ASSERT_TRUE(found.has_value()) << found.error().message;
    ASSERT_EQ(found->size(), 2U);
    EXPECT_TRUE(std::ranges::all_of(*found, &FoundObject::gone)) << "one by its list, one by itself";
    EXPECT_EQ(note_, "");
    EXPECT_TRUE(source_.Look(collection_, std::string(kAsset), {}).value()->gone);
}

TEST_F(IconikSourceTest, AnAssetIsLookedAtWhereItStands) {
    Make(Original("one"));
    EXPECT_TRUE(source_.Look(collection_, std::string(kAsset), {}).value().has_value());
    EXPECT_FALSE(
        source_.Look(BucketAt(fmt::format("collections/{}", kSaved)), std::string(kAsset), {})->has_value()
    );
    EXPECT_TRUE(source_.Look(collection_, std::string(kSaved), {}).value()->gone);
    EXPECT_TRUE(source_.Look(collection_, "no id", {}).value()->gone);
}

TEST_F(IconikSourceTest, ItsProxyIsRead) {
    Make(fmt::format(R"("proxies": [{}], {})", Proxy("the proxy", 720), Original("the original")));
    EXPECT_EQ(OpenAndRead(ItemNow()).value(), "the proxy");
}

TEST_F(IconikSourceTest, WhatIsOpenedSaysWhichOfItsRenditionsItIs) {
    Make(fmt::format(R"("proxies": [{}], {})", Proxy("the proxy", 720), Original("the original")));
    const auto proxy = source_.Open(collection_, ItemNow(), {}).value().looked_at.value();
    EXPECT_EQ(proxy.rendition, "proxy");
    EXPECT_EQ(proxy.lines, 720);
    EXPECT_EQ(proxy.id.size(), 36U);
    EXPECT_EQ(proxy.warning, "");
    Make(fmt::format(R"("proxies": [{}], {})", Proxy("small", 270), Original("the original")));
    const auto original = source_.Open(collection_, ItemNow(), {}).value().looked_at.value();
    EXPECT_EQ(original.rendition, "original");
    EXPECT_NE(original.warning, "");
    access_.source.config = Config(R"("media": "original")");
    EXPECT_EQ(source_.Open(collection_, ItemNow(), {}).value().looked_at->warning, "") << "it was wished";
}

TEST_F(IconikSourceTest, ItsOriginalIsReadWhenTheSourceSaysSo) {
    access_.source.config = Config(R"("media": "original")");
    Make(fmt::format(R"("proxies": [{}], {})", Proxy("the proxy", 720), Original("the original")));
    EXPECT_EQ(OpenAndRead(ItemNow()).value(), "the original");
}

TEST_F(IconikSourceTest, MediaThatIsNotThereIsWaitedForAndGivenUpInTheEnd) {
    Make(fmt::format(R"("proxies": [{}])", Proxy("late", 720, R"("status": "OPEN")")));
    const auto item = ItemNow();
    const auto early = source_.Open(collection_, item, {});
    ASSERT_FALSE(early.has_value());
    EXPECT_EQ(early.error().code, ErrorCode::kThrottled);
    EXPECT_EQ(early.error().reason, objects::kMediaNotReady);
    clock_.Advance(std::chrono::hours(25));
    const auto late = source_.Open(collection_, item, {});
    ASSERT_FALSE(late.has_value());
    EXPECT_EQ(late.error().code, ErrorCode::kNotFound);
    EXPECT_EQ(late.error().reason, objects::kMediaNeverCame);
}

TEST_F(IconikSourceTest, TheWaitForMediaBeginsAnewWhenTheItemIsRunAgainAndWhenTheVersionIsNewer) {
    access_.source.config = Config(R"("media": "proxy")");
    Make(fmt::format(R"("proxies": [{}])", Proxy("late", 720, R"("status": "OPEN")")));
    auto item = ItemNow();
    clock_.Advance(std::chrono::hours(25));
    item.asked_at = item.discovered_at;
    EXPECT_EQ(source_.Open(collection_, item, {}).error().reason, objects::kMediaNeverCame);
    item.asked_at = clock_.Now() - std::chrono::hours(23);
    EXPECT_EQ(source_.Open(collection_, item, {}).error().reason, objects::kMediaNotReady);
    // by Iconik's date the version is of now, and the item as if it had been noticed years before
    item.asked_at.reset();
    const auto today = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
    clock_.Advance(today + std::chrono::hours(1) - clock_.Now());
    EXPECT_EQ(source_.Open(collection_, item, {}).error().reason, objects::kMediaNotReady);
}

TEST_F(IconikSourceTest, AnotherVersionIsAnotherItem) {
    Make(Original("one"));
    auto item = ItemNow();
    item.version = kSaved;
    EXPECT_EQ(source_.Open(collection_, item, {}).error().code, ErrorCode::kConflict);
}

TEST_F(IconikSourceTest, AnAssetThatWasDeletedIsGone) {
    Make(Original("one"));
    const auto item = ItemNow();
    Make(R"("status": "DELETED")");
    EXPECT_EQ(source_.Open(collection_, item, {}).error().code, ErrorCode::kNotFound);
}

TEST_F(IconikSourceTest, APlaceThatIsNotThereIsNamed) {
    EXPECT_EQ(source_.CheckBucket(collection_, {}).error().reason, objects::kNoBucket);
    const auto search = BucketAt(fmt::format("searches/{}", kSaved));
    EXPECT_EQ(source_.CheckBucket(search, {}).error().reason, objects::kNoBucket);
    EXPECT_EQ(source_.CheckBucket(BucketAt("dailies"), {}).error().code, ErrorCode::kInvalidArgument);
    Make(Original("one"));
    EXPECT_TRUE(source_.CheckBucket(collection_, {}).has_value());
    EXPECT_TRUE(source_.CheckBucket(BucketAt("assets"), {}).has_value());
}

TEST_F(IconikSourceTest, WithoutCredentialsNobodyIsAsked) {
    access_.secrets.clear();
    EXPECT_EQ(source_.CheckBucket(collection_, {}).error().reason, objects::kNoCredentials);
    EXPECT_EQ(Requests(), 0);
}

}  // namespace
}  // namespace notify::iconik
