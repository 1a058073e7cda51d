#include "http/reach.hpp"

#include <fstream>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using testing::JsonOf;
using ::testing::Not;

/// Two buckets with an item each, and a key that may do everything in one of them.
class ReachTest : public testing::ApiTest {
protected:
    ReachTest() {
        here_ = AddBucket("in");
        item_here_ = Discover("known.bin");
        there_ = AddBucket("elsewhere");
        std::ofstream(folder_.Path() / "elsewhere" / "hidden.bin") << "hidden";
        Expect(200, "POST", "/v1/buckets/elsewhere/scan");
        item_there_ = Text(Expect(200, "GET", "/v1/items?key=hidden.bin").at("rows").at(0), "id");
        process_there_ = Text(Expect(200, "GET", "/v1/items/" + item_there_).at("processes").at(0), "id");
        event_there_ = Text(Expect(200, "GET", "/v1/events?subject=" + item_there_).at("rows").at(0), "id");
        key_ = LimitedTo(fmt::format(R"("buckets":["{}"])", here_));
    }

    static std::string Text(const boost::json::value& row, std::string_view member) {
        return std::string(row.at(member).as_string());
    }

    std::string LimitedTo(const std::string& what) {
        const auto body = R"({"name":"limited","scopes":["write","biometric"],)" + what + "}";
        return Text(Expect(201, "POST", "/v1/keys", body), "key");
    }

    /// The route's path with what is in the other bucket, or "none".
    [[nodiscard]] std::string PathThere(std::string pattern) const {
        for (const auto& [name, id] :
             {std::pair("{bucket}", &there_),
              std::pair("{item}", &item_there_),
              std::pair("{process}", &process_there_),
              std::pair("{event}", &event_there_)}) {
            if (const auto at = pattern.find(name); at != std::string::npos) {
                pattern.replace(at, std::string_view(name).size(), *id);
            }
        }
        return testing::PathOf(pattern);
    }

    std::string here_;
    std::string there_;
    std::string item_here_;
    std::string item_there_;
    std::string process_there_;
    std::string event_there_;
    std::string key_;
};

TEST_F(ReachTest, OfALimitedKeyEndsBeforeOtherBucketsOnEveryRoute) {
    int refused = 0;
    for (const auto& route : router_->Routes()) {
        if (route.scope == Scope::kNone) {
            continue;
        }
        const auto about = route.method + " " + PathThere(route.pattern);
        const auto answer = AskAs(key_, route.method, PathThere(route.pattern));
        if (route.reach == Reach::kOpen) {
            const bool many = route.pattern == "/v1/items/rerun" || route.pattern == "/v1/items/cancel";
            EXPECT_EQ(route.method, many ? "POST" : "GET") << about;
            EXPECT_THAT(answer.body, Not(HasSubstr("elsewhere"))) << about;
            EXPECT_THAT(answer.body, Not(HasSubstr(there_))) << about;
            EXPECT_THAT(answer.body, Not(HasSubstr(item_there_))) << about;
            continue;
        }
        EXPECT_EQ(answer.status, route.reach == Reach::kClosed ? 403 : 404) << about;
        ++refused;
    }
    EXPECT_GT(refused, 60);
}

TEST_F(ReachTest, OfALimitedKeyHoldsForManyItemsAtOnce) {
    const auto status = [&](const std::string& item) {
        return Text(Expect(200, "GET", "/v1/items/" + item), "status");
    };
    EXPECT_EQ(AskAs(key_, "POST", "/v1/items/cancel?bucket=elsewhere").status, 404);
    EXPECT_EQ(AskAs(key_, "POST", "/v1/items/cancel?status=Pending").status, 202);
    EXPECT_EQ(status(item_here_), "Cancelled");
    EXPECT_EQ(status(item_there_), "Pending");
    Expect(202, "POST", "/v1/items/" + item_there_ + "/cancel");
    EXPECT_EQ(AskAs(key_, "POST", "/v1/items/rerun?status=Cancelled").status, 202);
    EXPECT_EQ(status(item_here_), "Pending");
    EXPECT_EQ(status(item_there_), "Cancelled");
}

TEST_F(ReachTest, OfALimitedKeyHoldsWhatIsInItsBuckets) {
    const auto asked = [&](const std::string& key, const std::string& target) {
        return AskAs(key, "GET", target).status;
    };
    const auto of_source = LimitedTo(
        fmt::format(R"("sources":["{}"])", Text(Expect(200, "GET", "/v1/sources").at("rows").at(0), "id"))
    );
    for (const auto& key : {key_, of_source}) {
        EXPECT_EQ(asked(key, "/v1/buckets/in"), 200);
        EXPECT_EQ(asked(key, "/v1/items/" + item_here_), 200);
        EXPECT_EQ(asked(key, "/v1/appearances?item=" + item_here_), 200);
        EXPECT_EQ(asked(key, "/v1/items?bucket=in"), 200);
    }
    EXPECT_EQ(AskAs(key_, "POST", "/v1/items/" + item_here_ + "/cancel").status, 202);
    EXPECT_EQ(asked(key_, "/v1/items?bucket=elsewhere"), 404);
    EXPECT_EQ(asked(key_, "/v1/items?bucket=none"), 404);
    EXPECT_EQ(asked(key_, "/v1/appearances?item=" + item_there_), 404);
    EXPECT_EQ(asked(key_, "/v1/appearances?person=nobody"), 200);  // who is known is not for it
    EXPECT_EQ(asked(key_, "/v1/appearances?with=nobody"), 200);
    EXPECT_EQ(Ask("GET", "/v1/appearances?person=nobody").status, 404);
    EXPECT_EQ(asked(of_source, "/v1/items/" + item_there_), 200);
    EXPECT_EQ(asked(of_source, "/v1/items"), 400);  // which of the two?
    const auto events = JsonOf(AskAs(key_, "GET", "/v1/events")).at("rows").as_array();
    ASSERT_FALSE(events.empty());
    for (const auto& event : events) {
        EXPECT_EQ(event.at("data").at("bucket").as_string(), here_);
    }
}

TEST_F(ReachTest, IsNotLimitedForAdminsAndNamesWhatIsThere) {
    for (const auto& [wrong, pointer] :
         {std::pair(R"("scopes":["admin"],"buckets":["in"])", "/scopes"),
          std::pair(R"("scopes":["read"],"buckets":["none"])", "/buckets"),
          std::pair(R"("scopes":["read"],"sources":["none"])", "/sources"),
          std::pair(R"("scopes":["read"],"sources":[])", "/sources"),
          std::pair(R"("scopes":["read"],"buckets":[])", "/buckets"),
          std::pair(R"("scopes":["read"],"expires_at":"2001-01-01T00:00:00Z")", "/expires_at"),
          std::pair(R"("scopes":["read"],"expires_at":"soon")", "/expires_at")}) {
        const auto answer = Ask("POST", "/v1/keys", fmt::format(R"({{"name":"a",{}}})", wrong));
        EXPECT_EQ(answer.status, 400) << wrong;
        EXPECT_THAT(answer.body, HasSubstr(pointer)) << wrong;
    }
}

}  // namespace
}  // namespace notify
