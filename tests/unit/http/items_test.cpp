#include <cstdint>
#include <string>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "domain/status.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

/// Three items that wait in one bucket.
class ManyItems : public testing::ApiTest {
protected:
    ManyItems() {
        AddBucket("in");
        for (const auto* key : {"a.bin", "b.bin", "c.bin"}) {
            Discover(key, key);
        }
    }

    std::int64_t Count(const std::string& query) {
        return static_cast<std::int64_t>(
            Expect(200, "GET", "/v1/items?" + query).at("rows").as_array().size()
        );
    }
};

TEST_F(ManyItems, AreCancelledAndRunAgainByTheSameQueryThatListsThem) {
    const auto cancelled = Expect(202, "POST", "/v1/items/cancel?key=a.bin");
    EXPECT_EQ(cancelled.at("items").as_int64(), 1);
    EXPECT_EQ(cancelled.at("processes").as_int64(), 1);
    EXPECT_EQ(Count("status=Cancelled"), 1);
    EXPECT_EQ(Expect(202, "POST", "/v1/items/cancel?bucket=in").at("left_alone").as_int64(), 1);
    EXPECT_EQ(Count("status=Cancelled"), 3);
    EXPECT_EQ(Expect(202, "POST", "/v1/items/rerun?status=Cancelled").at("items").as_int64(), 3);
    EXPECT_EQ(Count("status=Pending"), 3);
    EXPECT_EQ(Expect(202, "POST", "/v1/items/rerun?status=Failed").at("items").as_int64(), 0);
}

TEST_F(ManyItems, AreTakenPageByPage) {
    std::string after;
    for (int page = 0; page < 3; ++page) {
        const auto done = Expect(202, "POST", "/v1/items/cancel?bucket=in&limit=1" + after);
        EXPECT_EQ(done.at("items").as_int64(), 1);
        EXPECT_EQ(done.at("next").as_string().empty(), page == 2);
        after = fmt::format("&after={}", std::string_view(done.at("next").as_string()));
    }
    EXPECT_EQ(Count("status=Cancelled"), 3);
}

TEST_F(ManyItems, AreNeverAllOfThemByMistake) {
    EXPECT_THAT(Ask("POST", "/v1/items/rerun").body, HasSubstr("say which items"));
    EXPECT_EQ(Ask("POST", "/v1/items/rerun?bucket=in").status, 400);
    EXPECT_EQ(Ask("POST", "/v1/items/rerun?status=Pending").status, 400);
    EXPECT_EQ(Ask("POST", "/v1/items/cancel").status, 400);
    EXPECT_EQ(Ask("POST", "/v1/items/cancel?bucket=nowhere").status, 404);
    EXPECT_EQ(Count("status=Pending"), 3);
}

}  // namespace
}  // namespace notify
