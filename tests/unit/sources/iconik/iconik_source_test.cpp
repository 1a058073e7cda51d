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
        const Bucket& bucket,
        std::optional<Timestamp> changed_since = std::nullopt,
        const std::vector<std::string>& again = {}
    ) {
        std::vector<FoundObject> found;
        return source_
            .Scan(
                {.bucket = bucket,
                 .start_after = {},
                 .through = {},
                 .changed_since = changed_since,
                 .again = again},
                [&](FoundObject object) -> Result<void> {
                    found.push_back(std::move(object));
                    return {};
                },
                {}
            )
            .map([&](const ScanReport& report) {
                note_ = report.note;
                left_out_ = report.left_out;
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
    std::vector<std::string> left_out_;
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

TEST_F(IconikSourceTest, AssetsOfTheSameMomentAreFoundAllWhereverAPageEnds) {
    fake_.Set(
        fmt::format(
            R"({{"many": {{"collection": "{}", "count": 450, "created": "2026-01-31T12:00:00.000000"}}}})",
            kPlace
        )
    );
    const auto keys = [&] {
        std::set<std::string> all;
        const auto found = Scan(BucketAt("assets"));
        for (const auto& object : found.value()) {
            all.insert(object.key);
        }
        return all.size();
    };
    EXPECT_EQ(keys(), 450U);
}

TEST_F(IconikSourceTest, ASearchThatIsNotSortedByIdsIsSortedWithoutThem) {
    fake_.Set(
        fmt::format(
            R"({{"many": {{"collection": "{}", "count": 250}}, "lists": {{"sorts": ["date_created"]}}}})",
            kPlace
        )
    );
    const auto found = Scan(BucketAt("assets"));
    ASSERT_TRUE(found.has_value()) << found.error().message;
    EXPECT_EQ(found->size(), 250U);
    fake_.Set(R"({"lists": {"sorts": []}})");
    EXPECT_EQ(Scan(BucketAt("assets")).error().code, ErrorCode::kInvalidArgument);
}

TEST_F(IconikSourceTest, WhatMayNotBeSeenIsTheNextScansOfChangesToLookAt) {
    MakeBeside();
    const auto hide = [&](int status) {
        fake_.Set(
            fmt::format(
                R"({{"faults": [{{"path": "/assets/{}/", "times": 9, "do": "status", "status": {}}}]}})",
                kAsset,
                status
            )
        );
    };
    const auto later = Timestamp(
                           std::chrono::duration_cast<Timestamp::duration>(
                               std::chrono::system_clock::now().time_since_epoch()
                           )
                       ) +
                       std::chrono::hours(1);  // nothing changed since then
    hide(403);
    ASSERT_EQ(Scan(BucketAt("assets")).value().size(), 1U);
    EXPECT_EQ(left_out_, std::vector{std::string(kAsset)});
    const auto again = left_out_;
    EXPECT_TRUE(Scan(BucketAt("assets"), later, again).value().empty());
    EXPECT_EQ(left_out_, again) << "it is still hidden";
    EXPECT_THAT(note_, HasSubstr("1 of its assets could not be looked at"));
    hide(404);
    const auto gone = Scan(BucketAt("assets"), later, again).value();
    ASSERT_EQ(gone.size(), 1U);
    EXPECT_TRUE(gone.front().gone);
    fake_.Set(R"({"faults": []})");
    const auto seen = Scan(BucketAt("assets"), later, again).value();
    ASSERT_EQ(seen.size(), 1U);
    EXPECT_EQ(seen.front().key, kAsset);
    EXPECT_TRUE(left_out_.empty());
    EXPECT_EQ(note_, "");
    EXPECT_EQ(Scan(BucketAt("assets"), std::nullopt, again).value().size(), 2U)
        << "a listing of all tells it";
}

TEST_F(IconikSourceTest, WhatIsLeftOutWithoutAnIdIsNotRemembered) {
    MakeBeside();
    fake_.Set(
        R"({"faults": [{"method": "POST", "path": "/search/", "times": 9, "do": "status", "status": 200,
            "body": "{\"objects\": [{\"title\": \"of no id\"}]}"}]})"
    );
    ASSERT_TRUE(Scan(BucketAt("assets")).has_value());
    EXPECT_THAT(note_, HasSubstr("could not be looked at"));
    EXPECT_TRUE(left_out_.empty());
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

TEST_F(IconikSourceTest, TellsWhatOfItsConfigurationDecidesWhatIsWritten) {
    const auto timeline = [&](std::string_view more) { return source_.WritingOf(Config(more), "timeline"); };
    const auto status = [&](std::string_view more) { return source_.WritingOf(Config(more), "status"); };
    const auto person = [](std::string_view name) {
        return fmt::format(R"("segment_type": "PERSON", "person_map": {{"{}": "{}"}})", name, kSaved);
    };
    const auto names = fmt::format(R"("names_view": "{}", "names_field": "people")", kPlace);
    std::set<std::string> different{
        timeline({}), timeline(person("Ada")), timeline(person("Grace")), timeline(names)
    };
    different.insert(timeline(names + R"(, "append_names": true)"));
    different.insert(timeline(R"("segment_type": "TAG")"));
    different.insert(timeline(R"("segment_track": "Faces")"));
    different.insert(timeline(R"("write_proposed": true)"));
    EXPECT_EQ(different.size(), 8U);
    EXPECT_EQ((std::set{status({}), status(R"("status_field": "")"), status(R"("jobs": false)")}).size(), 3U);
    EXPECT_EQ(timeline(R"("media": "proxy", "jobs": false)"), timeline({})) << "concerns no segment";
    EXPECT_EQ(status(R"("segment_type": "TAG")"), status({})) << "concerns no status";
    EXPECT_EQ(source_.WritingOf(Config(), "csv"), "");
}

TEST_F(IconikSourceTest, WithoutCredentialsNobodyIsAsked) {
    access_.secrets.clear();
    EXPECT_EQ(source_.CheckBucket(collection_, {}).error().reason, objects::kNoCredentials);
    EXPECT_EQ(Requests(), 0);
}

}  // namespace
}  // namespace notify::iconik
