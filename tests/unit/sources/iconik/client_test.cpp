#include "sources/iconik/client.hpp"

#include <chrono>
#include <memory>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <boost/json.hpp>
#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "sources/iconik/faults.hpp"
#include "sources/objects/faults.hpp"
#include "unit/sources/iconik/fixture.hpp"

namespace notify::iconik {
namespace {

Request NewSegment() {
    return {
        .method = "POST",
        .path = fmt::format("assets/v1/assets/{}/segments/bulk/", kAsset),
        .body = boost::json::parse(R"({"objects": [{"segment_type": "GENERIC"}]})"),
        .what = "the segments",
        .action = "write",
        .repeatable = false
    };
}

TEST_F(IconikTest, PathsEndWithASlashWhoeverForgotIt) {
    Make(Original("media"));
    const auto asset = client_.Send(GetAssetRequest(), {});
    ASSERT_TRUE(asset.has_value()) << asset.error().message;
    EXPECT_EQ(asset->at("id").as_string(), kAsset);
}

TEST_F(IconikTest, FaultsOfAMomentAreTriedAgain) {
    Make(Original("media"));
    for (const auto* const fault :
         {R"({"do": "status", "status": 503})",
          R"({"do": "status", "status": 500, "times": 2})",
          R"({"do": "reset"})",
          R"({"do": "cut"})",
          R"({"do": "status", "status": 429, "headers": [["Retry-After", "0"]]})",
          R"({"do": "status", "status": 429})"}) {
        fake_.Set(fmt::format(R"({{"faults": [{}]}})", fault));
        EXPECT_TRUE(client_.Send(GetAssetRequest(), {}).has_value()) << fault;
    }
}

TEST_F(IconikTest, ALongPauseThatIsAskedForIsTheCallers) {
    fake_.Set(R"({"faults": [{"do": "status", "status": 429, "headers": [["Retry-After", "90"]]}]})");
    const auto asset = client_.Send(GetAssetRequest(), {});
    ASSERT_FALSE(asset.has_value());
    EXPECT_EQ(asset.error().code, ErrorCode::kThrottled);
    EXPECT_GE(asset.error().retry_after.value(), std::chrono::seconds(80));
}

TEST_F(IconikTest, AWriteThatMayHaveBeenDoneIsNotSentTwice) {
    Make(Original("media"));
    fake_.Set(R"({"faults": [{"method": "POST", "do": "created"}]})");
    const auto written = client_.Send(NewSegment(), {});
    ASSERT_FALSE(written.has_value());
    EXPECT_EQ(written.error().reason, kUncertain);
    EXPECT_EQ(fake_.Seen().at("counts").at("segments").as_int64(), 1);
}

TEST_F(IconikTest, AWriteThatWasRefusedByTheLimitIsSentAgain) {
    Make(Original("media"));
    fake_.Set(R"({"faults": [{"method": "POST", "do": "status", "status": 429}]})");
    EXPECT_TRUE(client_.Send(NewSegment(), {}).has_value());
    EXPECT_EQ(fake_.Seen().at("counts").at("segments").as_int64(), 1);
}

TEST_F(IconikTest, AnAnswerWithoutBodyIsNull) {
    Make(Original("media"));
    auto request = GetAssetRequest();
    request.method = "DELETE";
    const auto gone = client_.Send(request, {});
    ASSERT_TRUE(gone.has_value()) << gone.error().message;
    EXPECT_TRUE(gone->is_null());
}

TEST_F(IconikTest, WhileATokenIsRefusedOneRequestAMinuteAsks) {
    fake_.Set(R"({"tokens": {"app-of-tests": "another"}})");
    for (int i = 0; i < 5; ++i) {
        const auto asset = client_.Send(GetAssetRequest(), {});
        ASSERT_FALSE(asset.has_value());
        EXPECT_EQ(asset.error().code, ErrorCode::kUnauthenticated);
        EXPECT_EQ(asset.error().reason, objects::kCredentialsRefused);
        EXPECT_EQ(asset.error().message.find("token-of-tests"), std::string::npos);
    }
    EXPECT_EQ(Requests(), 1);
    clock_.Advance(std::chrono::seconds(61));
    EXPECT_FALSE(client_.Send(GetAssetRequest(), {}).has_value());
    EXPECT_FALSE(client_.Send(GetAssetRequest(), {}).has_value());
    EXPECT_EQ(Requests(), 2);
}

TEST_F(IconikTest, ANewTokenIsTakenAtOnce) {
    Make(Original("media"));
    fake_.Set(R"({"tokens": {"app-of-tests": "another"}})");
    EXPECT_FALSE(client_.Send(GetAssetRequest(), {}).has_value());
    GiveNewer("another");
    EXPECT_TRUE(client_.Send(GetAssetRequest(), {}).has_value());
}

TEST_F(IconikTest, ANewTokenBesideTheOldIsTriedInTheSameRequest) {
    Make(Original("media"));
    fake_.Set(R"({"tokens": {"app-of-tests": "another"}})");
    GiveNewer("another");
    EXPECT_TRUE(client_.Send(GetAssetRequest(), {}).has_value());
}

TEST_F(IconikTest, AWebPageIsNoAnswer) {
    fake_.Set(R"({"faults": [{"do": "html"}]})");
    EXPECT_EQ(client_.Send(GetAssetRequest(), {}).error().reason, objects::kNotAStore);
}

TEST_F(IconikTest, NeverMoreThanFiftyRequestsInASecond) {
    Make(Original("media"));
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                for (int request = 0; request < 15; ++request) {
                    EXPECT_TRUE(client_.Send(GetAssetRequest(), {}).has_value());
                }
            });
        }
    }
    const auto seen = fake_.Seen();
    EXPECT_EQ(seen.at("refused").as_int64(), 0);
    EXPECT_LE(seen.at("peak_second").as_int64(), 50);
}

TEST_F(IconikTest, TwoSourcesWithOneTokenShareWhatItMayAsk) {
    Make(Original("media"));
    Client second{Settings(), Credentials(), budgets_, clock_};
    {
        std::vector<std::jthread> threads;
        for (auto* const client : {&client_, &second, &client_, &second}) {
            threads.emplace_back([this, client] {
                for (int request = 0; request < 30; ++request) {
                    EXPECT_TRUE(client->Send(GetAssetRequest(), {}).has_value());
                }
            });
        }
    }
    const auto seen = fake_.Seen();
    EXPECT_EQ(seen.at("refused").as_int64(), 0);
    EXPECT_LE(seen.at("peak_second").as_int64(), 50);
}

TEST_F(IconikTest, AStopEndsARequest) {
    const auto stop = std::make_unique<std::stop_source>();
    stop->request_stop();
    EXPECT_EQ(client_.Send(GetAssetRequest(), stop->get_token()).error().code, ErrorCode::kStopped);
}

}  // namespace
}  // namespace notify::iconik
