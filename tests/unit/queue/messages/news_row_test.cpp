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
        AssetNews{.asset_id = "id", .change = AssetChange::kEntity},
        AssetNews{.asset_id = "id", .change = AssetChange::kMedia},
        AssetNews{.asset_id = "id", .change = AssetChange::kChosen},
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
}

}  // namespace
}  // namespace notify::testing
