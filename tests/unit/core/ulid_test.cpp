#include "core/ulid.hpp"

#include <mutex>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace notify {

namespace {

TEST(Ulid, HoldsItsMoment) {
    // the example of the ULID specification
    EXPECT_EQ(MakeUlid(FromMillis(1'469'918'176'385)).substr(0, 10), "01ARYZ6S41");
    EXPECT_EQ(MakeUlid(FromMillis(0)).substr(0, 10), "0000000000");
    EXPECT_EQ(MakeUlid(FromMillis((1LL << 48U) - 1)).substr(0, 10), "7ZZZZZZZZZ");
}

TEST(Ulid, IsCrockfordBase32) {
    for (int i = 0; i < 200; ++i) {
        const auto text = MakeUlid(FromMillis(i * 1'000'003LL));
        EXPECT_EQ(text.size(), 26U);
        EXPECT_EQ(text.find_first_not_of("0123456789ABCDEFGHJKMNPQRSTVWXYZ"), std::string::npos) << text;
    }
}

TEST(Ulid, SortsByItsMoment) {
    std::string last;
    for (std::int64_t millis = 1; millis < (1LL << 47U); millis = millis * 2 + 1) {
        const auto text = MakeUlid(FromMillis(millis));
        EXPECT_LT(last, text);
        last = text;
    }
}

TEST(Id, SortsAfterAllThatWereMadeBeforeIt) {
    std::string last;
    for (int i = 0; i < 5000; ++i) {  // many in one millisecond
        auto next = MakeId("itm");
        ASSERT_LT(last, next);
        last = std::move(next);
    }
}

TEST(Id, IsAPrefixAndNeverTheSame) {
    std::mutex mutex;
    std::set<std::string> seen;
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < 4; ++thread) {
        threads.emplace_back([&] {
            for (int i = 0; i < 2000; ++i) {
                const auto id = MakeId("itm");
                const std::scoped_lock lock(mutex);
                seen.insert(id);
            }
        });
    }
    threads.clear();
    EXPECT_EQ(seen.size(), 8000U);
    EXPECT_TRUE(seen.begin()->starts_with("itm_"));
    EXPECT_EQ(seen.begin()->size(), 30U);
}

}  // namespace

}  // namespace notify
