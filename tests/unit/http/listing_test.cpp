// Lists that are given in pages and sorted: of what people set up, and of people and items.

#include "http/routes/listing.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/ulid.hpp"
#include "domain/people_edit.hpp"
#include "support/people.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class Listing : public testing::ApiTest {
protected:
    /// What a list has in `member`, read in pages of two rows.
    std::vector<std::string> Paged(const std::string& list, const std::string& query, const char* member) {
        std::vector<std::string> all;
        std::string after;
        do {
            const auto page = Expect(200, "GET", fmt::format("{}?limit=2&after={}{}", list, after, query));
            const auto& rows = page.at("rows").as_array();
            EXPECT_LE(rows.size(), 2U);
            for (const auto& row : rows) {
                all.emplace_back(row.at(member).as_string());
            }
            after = page.at("next").as_string();
            EXPECT_TRUE(after.empty() || rows.size() == 2) << list;
        } while (!after.empty() && all.size() < 100);
        return all;
    }

    /// What the caller sees in one go.
    std::vector<std::string> Whole(const std::string& list, const std::string& query, const char* member) {
        std::vector<std::string> all;
        const auto page = Expect(200, "GET", fmt::format("{}?limit=200{}", list, query));
        EXPECT_EQ(page.at("next"), "");
        for (const auto& row : page.at("rows").as_array()) {
            all.emplace_back(row.at(member).as_string());
        }
        return all;
    }

    std::string IdOf(const std::string& target, const std::string& body) {
        clock_.Advance(std::chrono::seconds(1));
        return std::string(Expect(201, "POST", target, body).at("id").as_string());
    }

    void AddSources() {
        for (const std::string name : {"c", "a", "e", "b", "d"}) {
            IdOf(
                "/v1/sources",
                fmt::format(
                    R"({{"kind":"s3","name":"{}","config":{{"endpoint":"https://s3.example"}}}})", name
                )
            );
        }
    }

    /// Somebody with that name; "": without one.
    void AddPerson(const std::string& name) {
        const auto kind = name.empty() ? EditKind::kFound : EditKind::kEnrol;
        const auto edit = testing::EditOf(kind, PersonId(MakeId("per")), name);
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            return testing::Make(transaction, edit);
        }));
    }
};

TEST_F(Listing, GoesThroughSourcesByNameOrByTimeEitherWay) {
    AddSources();
    EXPECT_THAT(Paged("/v1/sources", "", "name"), ElementsAre("a", "b", "c", "d", "e"));
    EXPECT_THAT(Paged("/v1/sources", "&sort=name", "name"), ElementsAre("a", "b", "c", "d", "e"));
    EXPECT_THAT(Paged("/v1/sources", "&sort=-name", "name"), ElementsAre("e", "d", "c", "b", "a"));
    EXPECT_THAT(Paged("/v1/sources", "&sort=created_at", "name"), ElementsAre("c", "a", "e", "b", "d"));
    EXPECT_THAT(Paged("/v1/sources", "&sort=-created_at", "name"), ElementsAre("d", "b", "e", "a", "c"));
}

TEST_F(Listing, GoesOnBehindARowThatWasRemovedMeanwhile) {
    AddSources();
    const auto first = Expect(200, "GET", "/v1/sources?limit=2");
    EXPECT_EQ(Ask("DELETE", "/v1/sources/b").status, 204) << "the last one of the page";
    const auto next = std::string(first.at("next").as_string());
    const auto second = Expect(200, "GET", "/v1/sources?limit=2&after=" + next);
    EXPECT_EQ(second.at("rows").at(0).at("name"), "c");
}

TEST_F(Listing, RefusesWhatIsNoCursorOfItsOrder) {
    AddSources();
    const auto next = std::string(Expect(200, "GET", "/v1/sources?limit=2").at("next").as_string());
    EXPECT_THAT(Ask("GET", "/v1/sources?after=" + next + "&sort=-name").body, HasSubstr("with its sort"));
    const auto of_other_order = "after=" + next + "&sort=created_at";
    for (const auto* query : {of_other_order.c_str(), "after=x", "after=6e61", "sort=id"}) {
        EXPECT_EQ(Ask("GET", fmt::format("/v1/sources?{}", query)).status, 400) << query;
    }
    for (const std::string after : {"x", "n6", "nx", "-"}) {
        EXPECT_EQ(Ask("GET", "/v1/people?after=" + after).status, 400) << after;
    }
}

TEST_F(Listing, GoesThroughRulesInTheOrderInWhichTheyChoose) {
    const auto bucket = AddBucket();
    std::vector<std::string> ids;
    for (const int priority : {-5, 100, 7, 7}) {
        ids.push_back(IdOf(
            "/v1/rules",
            fmt::format(
                R"({{"bucket":"{}","processor":"checksum","path_glob":"*.{}","priority":{}}})",
                bucket,
                ids.size(),
                priority
            )
        ));
    }
    const auto of_bucket =
        Whole("/v1/rules", "&bucket=" + bucket, "id").back();  // the one it was made with: 0
    EXPECT_EQ(of_bucket, ids[0]);
    const auto chosen = Paged("/v1/rules", "", "id");
    ASSERT_THAT(chosen, SizeIs(5));
    EXPECT_THAT(chosen, ElementsAre(ids[1], ids[2], ids[3], ::testing::_, ids[0]));
    EXPECT_THAT(
        Paged("/v1/rules", "&sort=priority", "id"), ElementsAre(ids[0], chosen[3], ids[2], ids[3], ids[1])
    );
    EXPECT_THAT(Paged("/v1/rules", "&sort=-created_at", "id").front(), ids[3]);
}

TEST_F(Listing, GoesThroughBucketsKeysAndWebhooks) {
    std::vector<std::string> endpoints;
    for (int i = 0; i < 5; ++i) {
        endpoints.push_back(IdOf("/v1/webhooks", R"({"url":"http://127.0.0.1:9000/"})"));
        IdOf("/v1/keys", fmt::format(R"({{"name":"{}","scopes":["read"]}})", 9 - i));
        AddBucket(fmt::format("in{}", i));
    }
    EXPECT_THAT(Paged("/v1/webhooks", "", "id"), ElementsAreArray(endpoints));
    EXPECT_THAT(Paged("/v1/buckets", "", "name"), ElementsAre("in0", "in1", "in2", "in3", "in4"));
    const auto keys = Paged("/v1/keys", "", "id");
    EXPECT_THAT(keys, SizeIs(8)) << "with those of the test itself";
    EXPECT_THAT(Paged("/v1/keys", "&sort=name", "name").front(), "5");
    auto turned = Paged("/v1/webhooks", "&sort=-created_at", "id");
    std::ranges::reverse(turned);
    EXPECT_EQ(turned, endpoints);
}

TEST_F(Listing, OfBucketsHasOnPagesOnlyWhatTheKeyMayKnow) {
    for (int i = 0; i < 4; ++i) {
        AddBucket(fmt::format("in{}", i));
    }
    const auto key = std::string(
        Expect(201, "POST", "/v1/keys", R"({"name":"a","scopes":["read"],"buckets":["in1","in3"]})")
            .at("key")
            .as_string()
    );
    const auto page = testing::JsonOf(AskAs(key, "GET", "/v1/buckets?limit=2"));
    EXPECT_EQ(page.at("rows").as_array().size(), 2U);
    EXPECT_EQ(page.at("rows").at(1).at("name"), "in3");
    EXPECT_EQ(page.at("next"), "") << "that there are others is not told";
}

TEST_F(Listing, GoesThroughPeopleByNameAndThenThoseWithoutOne) {
    for (const std::string name : {"Grace", "", "Ada", "Emmy", "", ""}) {
        AddPerson(name);
    }
    const auto names = Paged("/v1/people", "", "name");
    EXPECT_THAT(names, ElementsAre("Ada", "Emmy", "Grace", "", "", ""));
    const auto ids = Paged("/v1/people", "", "id");
    EXPECT_EQ(ids, Whole("/v1/people", "", "id"));
    EXPECT_TRUE(std::is_sorted(ids.begin() + 3, ids.end()));
    EXPECT_EQ(Ask("GET", "/v1/people?limit=3").status, 200);
    EXPECT_NE(Expect(200, "GET", "/v1/people?limit=3").at("next"), "")
        << "all of a page have names, more have none";
}

TEST_F(Listing, GoesThroughItemsEitherWay) {
    AddBucket();
    std::vector<std::string> ids;
    for (int i = 0; i < 5; ++i) {
        ids.push_back(Discover(fmt::format("{}.bin", i)));
    }
    EXPECT_THAT(Paged("/v1/items", "&sort=discovered_at", "id"), ElementsAreArray(ids));
    EXPECT_THAT(
        Paged("/v1/items", "&sort=discovered_at&bucket=in&status=Pending", "id"), ElementsAreArray(ids)
    );
    std::ranges::reverse(ids);
    EXPECT_THAT(Paged("/v1/items", "", "id"), ElementsAreArray(ids));
    EXPECT_THAT(Paged("/v1/items", "&sort=-discovered_at", "id"), ElementsAreArray(ids));
}

}  // namespace
}  // namespace notify
