#include "domain/person.hpp"

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(Certainty, NamesRoundTrip) {
    for (const auto certainty : {Certainty::kConfirmed, Certainty::kPossible}) {
        EXPECT_EQ(CertaintyFrom(ToString(certainty)), certainty);
    }
    EXPECT_EQ(ToString(Certainty::kPossible), "possible");
    EXPECT_EQ(CertaintyFrom("Confirmed"), std::nullopt);
}

}  // namespace
}  // namespace notify
