#include "sources/iconik/paging.hpp"

#include <set>
#include <string>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "unit/sources/iconik/fixture.hpp"

namespace notify::iconik {
namespace {

class IconikPaging : public IconikTest {
protected:
    Visit Visitor() {
        return [this](const boost::json::object& one) -> Result<void> {
            ids_.insert(TextIn(one, "id"));
            return {};
        };
    }

    void MakeMany(int count) const {
        fake_.Set(
            fmt::format(
                R"({{"collections": [{{"id": "{}"}}], "many": {{"collection": "{}", "count": {}}}}})",
                kPlace,
                kPlace,
                count
            )
        );
    }

    [[nodiscard]] static List Contents(int per_page) {
        return {
            .request =
                {.path = fmt::format("assets/v1/collections/{}/contents/", kPlace), .what = "the collection"},
            .per_page = per_page
        };
    }

    [[nodiscard]] static List Search(int per_page) {
        return {
            .request =
                {.path = "search/v1/search/",
                 .body =
                     boost::json::parse(R"({"doc_types": ["assets"], "sort": [{"name": "date_created"}]})"),
                 .what = "the assets"},
            .per_page = per_page
        };
    }

    std::set<std::string> ids_;
};

TEST_F(IconikPaging, ByPageNumberEachObjectIsTold) {
    MakeMany(25);
    const auto listed = EachByPage(client_, Contents(10), Visitor(), {});
    ASSERT_TRUE(listed.has_value()) << listed.error().message;
    EXPECT_EQ(ids_.size(), 25U);
    EXPECT_EQ(Requests(), 3);
}

TEST_F(IconikPaging, AnEmptyCollectionIsAnEmptyList) {
    MakeMany(0);
    EXPECT_TRUE(EachByPage(client_, Contents(10), Visitor(), {}).has_value());
    EXPECT_TRUE(ids_.empty());
}

TEST_F(IconikPaging, AMissingFirstPageIsAFault) {
    EXPECT_EQ(EachByPage(client_, Contents(10), Visitor(), {}).error().code, ErrorCode::kNotFound);
}

TEST_F(IconikPaging, BehindAnIdEachObjectIsTold) {
    std::string proxies;
    for (int i = 0; i < 7; ++i) {
        proxies += (i == 0 ? "" : ", ") + Proxy("media", 540);
    }
    Make(fmt::format(R"("proxies": [{}])", proxies));
    const List list{
        .request = {.path = fmt::format("files/v1/assets/{}/proxies/", kAsset), .what = "the proxies"},
        .per_page = 3
    };
    const auto listed = EachBehindId(client_, list, Visitor(), {});
    ASSERT_TRUE(listed.has_value()) << listed.error().message;
    EXPECT_EQ(ids_.size(), 7U);
    EXPECT_EQ(Requests(), 3);
}

TEST_F(IconikPaging, NotFoundIsHowIconikSaysThatThereAreNoFiles) {
    Make(R"("title": "empty")");
    const List list{
        .request = {.path = fmt::format("files/v1/assets/{}/files/", kAsset), .what = "the files"}
    };
    EXPECT_TRUE(EachBehindId(client_, list, Visitor(), {}).has_value());
    EXPECT_TRUE(ids_.empty());
}

TEST_F(IconikPaging, ASearchGoesOnBehindItsLastObject) {
    MakeMany(25);
    const auto listed = EachOfSearch(client_, Search(10), Visitor(), {});
    ASSERT_TRUE(listed.has_value()) << listed.error().message;
    EXPECT_EQ(ids_.size(), 25U);
}

TEST_F(IconikPaging, WhatTheVisitorFailsWithEndsIt) {
    MakeMany(25);
    const auto listed = EachByPage(
        client_,
        Contents(10),
        [](const boost::json::object&) -> Result<void> { return Fail(ErrorCode::kStopped, "enough"); },
        {}
    );
    EXPECT_EQ(listed.error().code, ErrorCode::kStopped);
    EXPECT_EQ(Requests(), 1);
}

TEST_F(IconikPaging, AListWithoutObjectsIsNoAnswerOfIconiks) {
    fake_.Set(R"({"faults": [{"do": "status", "status": 200, "body": "{\"objects\": 7}"}]})");
    EXPECT_EQ(EachByPage(client_, Contents(10), Visitor(), {}).error().code, ErrorCode::kUnavailable);
}

}  // namespace
}  // namespace notify::iconik
