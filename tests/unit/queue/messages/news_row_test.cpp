#include "queue/messages/news_row.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace notify::testing {
namespace {

StoreNews Object(std::vector<std::string> keys, bool restored = false) {
    return {.bucket = "media", .keys = std::move(keys), .created = true, .restored = restored, .event = ""};
}

TEST(NewsRow, KeepsWhatIsToBeLookedAt) {
    const std::vector<News> all{
        Object({"a b", "a+b"}),
        Object({"a"}, true),
        AssetNews{.asset_id = "id", .change = AssetChange::kEntity, .version_id = "v"},
        AssetNews{.asset_id = "id", .change = AssetChange::kAction, .version_id = ""},
        CollectionNews{.collection_id = "id"},
        SearchNews{.search_id = "id"},
    };
    for (const auto& news : all) {
        EXPECT_EQ(NewsOf(RowOf(news, Timestamp())), news) << news.index();
    }
}

TEST(NewsRow, HasOneAddressForOneLook) {
    const auto address = [](const News& news) { return RowOf(news, Timestamp()).address; };
    EXPECT_EQ(address(Object({"a"})), address(Object({"a"})));
    EXPECT_NE(address(Object({"a b", "a+b"})), address(Object({"a b"})));
    EXPECT_NE(address(Object({"a b", "a+b"})), address(Object({"a b", "a%20b"})));
    EXPECT_EQ(
        address(AssetNews{.asset_id = "id", .change = AssetChange::kFiles, .version_id = "1"}),
        address(AssetNews{.asset_id = "id", .change = AssetChange::kProxies, .version_id = "2"})
    );
}

}  // namespace
}  // namespace notify::testing
