// Webhooks and custom actions of Iconik.

#include <string>
#include <string_view>
#include <utility>
#include <variant>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"
#include "sources/messages/message.hpp"
#include "unit/sources/messages/bodies.hpp"

namespace notify::testing {
namespace {

using boost::json::array;
using boost::json::object;
using ::testing::ElementsAre;

Result<Message> Read(const object& body) {
    return ParseMessage(ToJsonText(body));
}

AssetNews AssetOf(const object& body) {
    return std::get<AssetNews>(Read(body).value().news.at(0));
}

AssetNews Asset(AssetChange change, std::string_view id = kAsset) {
    return {.asset_id = std::string(id), .change = change};
}

TEST(IconikWebhook, OfAnAssetNamesItAndWhoSentIt) {
    const auto message = ParseMessage(AssetCreated());
    ASSERT_TRUE(message);
    EXPECT_THAT(message->news, ElementsAre(News(Asset(AssetChange::kEntity))));
    EXPECT_EQ(message->system_domain_id, kSystem);
    EXPECT_EQ(message->user_id, kOther);
}

TEST(IconikWebhook, SaysWhetherTheAssetsMediaChanged) {
    const auto of = [](std::string_view realm) {
        return AssetOf(Webhook(realm, "update", {{"asset_id", kOther}, {"version_id", kAsset}}));
    };
    for (const auto* const realm : {"files", "file_sets", "proxies", "formats"}) {
        EXPECT_EQ(of(realm), Asset(AssetChange::kMedia, kOther)) << realm;
    }
    EXPECT_EQ(of("entity"), Asset(AssetChange::kEntity, kOther));
    EXPECT_EQ(of("something_new"), Asset(AssetChange::kEntity, kOther));
}

TEST(IconikWebhook, TakesTheAssetFromWhereItIsNamedInThatOrder) {
    EXPECT_EQ(
        AssetOf(Webhook("entity", "update", {{"object_type", "assets"}, {"object_id", kOther}})).asset_id,
        kOther
    );
    EXPECT_EQ(AssetOf(Webhook("entity", "update", {{"id", kOther}})).asset_id, kAsset) << "its object_id";
    auto without = Webhook("entity", "update", {{"id", kOther}});
    without.erase("object_id");
    EXPECT_EQ(AssetOf(without).asset_id, kOther);
    const auto part = Read(Webhook("files", "create", {{"id", kOther}}));
    ASSERT_FALSE(part) << "object_id and id are the file's";
    EXPECT_EQ(part.error().reason, "iconik_webhook");
}

TEST(IconikWebhook, IsUnderstoodInUpperCaseAndWithTheOtherName) {
    auto shouted = Webhook("ENTITY", "CREATE", {});
    shouted.erase("event_type");
    shouted["object_type"] = "Assets";
    std::string id(kAsset);
    for (auto& letter : id) {
        letter = letter >= 'a' && letter <= 'f' ? static_cast<char>(letter - 32) : letter;
    }
    shouted["object_id"] = id;
    EXPECT_EQ(AssetOf(shouted), Asset(AssetChange::kEntity));
    EXPECT_EQ(
        AssetOf({{"Event_Type", "FILES"}, {"Operation", "UPDATE"}, {"Data", object{{"Asset_Id", kOther}}}}),
        Asset(AssetChange::kMedia, kOther)
    );
}

TEST(IconikWebhook, OfAnAssetThatIsGoneTellsOfItAndWhatIsNotReadIsAcknowledged) {
    for (const auto* const operation : {"delete", "purge", "DELETE"}) {
        EXPECT_EQ(AssetOf(Webhook("entity", operation, {})), Asset(AssetChange::kEntity)) << operation;
        EXPECT_EQ(Read(Webhook("files", operation, {}))->ignored, "deleted") << operation;
    }
    for (const auto* const realm : {"metadata", "segments", "acls", "shares", "jobs", "history"}) {
        const auto message = Read(Webhook(realm, "create", {}));
        EXPECT_EQ(message->ignored, "not_media") << realm;
        EXPECT_FALSE(message->sentence.empty());
        EXPECT_EQ(message->system_domain_id, kSystem);
    }
    EXPECT_EQ(Read(Webhook("entity", "download", {}))->ignored, "not_media");
    auto storage = Webhook("entity", "update", {});
    storage["event_type"] = "storages";
    EXPECT_EQ(Read(storage)->ignored, "not_media");
    EXPECT_EQ(AssetOf(Webhook("entity", "restore", {})).change, AssetChange::kEntity);
}

TEST(IconikWebhook, OfACollectionTellsOfWhatIsInIt) {
    auto put = Webhook("contents", "create", {{"object_type", "assets"}, {"object_id", kAsset}});
    put["event_type"] = "collections";
    put["object_id"] = kCollection;
    EXPECT_EQ(AssetOf(put), Asset(AssetChange::kEntity));
    put["data"] = object{{"object_type", "collections"}, {"object_id", kOther}};
    EXPECT_THAT(Read(put)->news, ElementsAre(News(CollectionNews{std::string(kCollection)})));
    put["data"] = object{{"collection_id", kOther}};
    EXPECT_THAT(Read(put)->news, ElementsAre(News(CollectionNews{std::string(kOther)})));
    put["realm"] = "entity";
    EXPECT_EQ(Read(put)->ignored, "not_media");
    put["operation"] = "restore";
    EXPECT_THAT(Read(put)->news, ElementsAre(News(CollectionNews{std::string(kOther)})));
    put["object_id"] = "../x";
    put["data"] = nullptr;
    EXPECT_EQ(Read(put).error().reason, "iconik_webhook");
}

TEST(IconikWebhook, IsRefusedWithIdsThatAreNone) {
    for (const auto* const id :
         {"",
          "1",
          "../../etc",
          "3f2c8a52-0d7f-11f1-9a51-0a580a3c5b1",
          "3f2c8a52_0d7f-11f1-9a51-0a580a3c5b11",
          "3f2c8a52-0d7f-11f1-9a51-0a580a3c5bXX"}) {
        auto body = Webhook("entity", "create", {});
        body["object_id"] = id;
        const auto message = Read(body);
        ASSERT_FALSE(message) << id;
        EXPECT_EQ(message.error().reason, "iconik_webhook");
    }
}

TEST(IconikAction, TellsOfAllThatWasChosen) {
    auto action = Action();
    action["asset_ids"] = array{kAsset, kOther};
    action["collection_ids"] = array{kCollection};
    action["saved_search_ids"] = array{kOther};
    const auto message = Read(action);
    ASSERT_TRUE(message);
    EXPECT_THAT(
        message->news,
        ElementsAre(
            News(Asset(AssetChange::kChosen)),
            News(Asset(AssetChange::kChosen, kOther)),
            News(CollectionNews{std::string(kCollection)}),
            News(SearchNews{std::string(kOther)})
        )
    );
    EXPECT_EQ(message->system_domain_id, kSystem);
    EXPECT_EQ(message->user_id, kOther);
}

TEST(IconikAction, WithoutAnObjectIsAcknowledged) {
    EXPECT_EQ(Read({{"context", "NONE"}, {"action_id", kOther}})->ignored, "nothing_chosen");
    EXPECT_EQ(Read({{"context", "ASSET"}, {"asset_ids", array{}}})->ignored, "nothing_chosen");
}

TEST(IconikAction, IsRefusedWithIdsThatAreNone) {
    for (const auto& ids :
         {boost::json::value("x"), boost::json::value(array{7}), boost::json::value(array{kAsset, "x"})}) {
        auto action = Action();
        action["asset_ids"] = ids;
        const auto message = Read(action);
        ASSERT_FALSE(message);
        EXPECT_EQ(message.error().reason, "iconik_action");
    }
}

TEST(ShortForm, NamesAssetsAndCollections) {
    EXPECT_EQ(AssetOf({{"asset_id", kAsset}}), Asset(AssetChange::kMedia));
    EXPECT_EQ(Read({{"asset_ids", array{kAsset, kOther}}})->news.size(), 2U);
    EXPECT_THAT(
        Read({{"collection_id", kCollection}})->news,
        ElementsAre(News(CollectionNews{std::string(kCollection)}))
    );
    EXPECT_EQ(Read({{"asset_id", 7}}).error().reason, "short_form");
    EXPECT_EQ(Read({{"asset_ids", "x"}}).error().reason, "short_form");
    EXPECT_EQ(Read({{"collection_id", "x"}}).error().reason, "short_form");
}

}  // namespace
}  // namespace notify::testing
