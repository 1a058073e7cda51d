#include "sources/objects/allowance.hpp"

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"

namespace notify::objects {
namespace {

using namespace std::chrono_literals;
using std::chrono::steady_clock;

TEST(Allowance, LetsNoMoreRequestsBeUnderWayThanAreAllowed) {
    Allowance allowance({.max_connections = 2});
    std::atomic<int> under_way = 0;
    std::atomic<int> most = 0;
    {
        std::vector<std::jthread> threads;
        for (int i = 0; i < 8; ++i) {
            threads.emplace_back([&] {
                for (int n = 0; n < 20; ++n) {
                    const auto turn = allowance.Enter({});
                    ASSERT_TRUE(turn.has_value());
                    const int now = ++under_way;
                    for (int seen = most; now > seen && !most.compare_exchange_weak(seen, now);) {
                    }
                    std::this_thread::yield();
                    --under_way;
                }
            });
        }
    }
    EXPECT_EQ(most, 2);
}

TEST(Allowance, SpacesRequests) {
    Allowance allowance({.max_requests_s = 100});
    const auto begin = steady_clock::now();
    for (int i = 0; i < 11; ++i) {
        EXPECT_TRUE(allowance.Enter({}).has_value());
    }
    EXPECT_GE(steady_clock::now() - begin, 100ms);
}

TEST(Allowance, HoldsBackBytesThatComeTooFast) {
    Allowance allowance({.max_mbit_s = 8});  // a megabyte a second
    const auto begin = steady_clock::now();
    for (int i = 0; i < 10; ++i) {
        EXPECT_TRUE(allowance.Took(20'000, {}).has_value());
    }
    EXPECT_GE(steady_clock::now() - begin, 160ms);
}

TEST(Allowance, WithoutLimitsLetsEverythingThrough) {
    Allowance allowance({});
    const auto first = allowance.Enter({});
    const auto second = allowance.Enter({});
    EXPECT_TRUE(first.has_value() && second.has_value());
    EXPECT_TRUE(allowance.Took(std::size_t{1} << 40U, {}).has_value());
}

TEST(Allowance, EndsAtAStop) {
    Allowance allowance({.max_connections = 1, .max_mbit_s = 0.001});
    const auto held = allowance.Enter({});
    std::stop_source stop;
    stop.request_stop();
    EXPECT_EQ(allowance.Enter(stop.get_token()).error().code, ErrorCode::kStopped);
    EXPECT_EQ(allowance.Took(1'000'000, stop.get_token()).error().code, ErrorCode::kStopped);
}

}  // namespace
}  // namespace notify::objects
