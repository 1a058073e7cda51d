#include "sources/hops.hpp"

#include <gtest/gtest.h>

#include "sources/objects/faults.hpp"

namespace notify::testing {
namespace {

/// The hop that failed; "" when none did.
std::string_view FailedHop(std::string_view reason) {
    const Result<void> checked = Unexpected(objects::Fault(ErrorCode::kUnavailable, reason, "no"));
    for (const auto& hop : HopsOf("s3", checked)) {
        if (hop.state == HopState::kFailed) {
            return hop.name;
        }
    }
    return {};
}

TEST(Hops, NameTheOneThatFailed) {
    EXPECT_EQ(FailedHop(objects::kUnknownHost), "dns");
    EXPECT_EQ(FailedHop(objects::kUnreachable), "connect");
    EXPECT_EQ(FailedHop(objects::kProxyFailed), "proxy");
    EXPECT_EQ(FailedHop(objects::kTlsRefused), "tls");
    EXPECT_EQ(FailedHop(objects::kBadNetworkSetup), "setup");
    EXPECT_EQ(FailedHop(objects::kCredentialsExpired), "credentials");
    EXPECT_EQ(FailedHop(objects::kAccessDenied), "credentials");
    EXPECT_EQ(FailedHop(objects::kClockOff), "credentials");
    EXPECT_EQ(FailedHop(objects::kNoBucket), "bucket");
    EXPECT_EQ(FailedHop(objects::kNotAStore), "bucket");
}

TEST(Hops, BehindTheFailedOneAreNotReached) {
    const Result<void> checked =
        Unexpected(objects::Fault(ErrorCode::kUnavailable, objects::kTlsRefused, "no"));
    const auto hops = HopsOf("datacore", checked);
    ASSERT_EQ(hops.size(), 7U);
    EXPECT_EQ(hops[3].state, HopState::kPassed);
    EXPECT_EQ(hops[4].state, HopState::kFailed);
    EXPECT_EQ(hops[5].state, HopState::kNotReached);
    EXPECT_EQ(hops[6].state, HopState::kNotReached);
}

TEST(Hops, OfAFolderAreOne) {
    EXPECT_EQ(HopsOf("local", {}).size(), 1U);
    EXPECT_EQ(HopsOf("local", {})[0].state, HopState::kPassed);
    EXPECT_EQ(HopsOf("local", Fail(ErrorCode::kInvalidArgument, "no"))[0].state, HopState::kFailed);
}

}  // namespace
}  // namespace notify::testing
