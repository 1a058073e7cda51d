#include "sources/objects/live_secret.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "domain/ids.hpp"
#include "sources/access.hpp"
#include "sources/objects/faults.hpp"

namespace notify::objects {
namespace {

FindAccess With(std::vector<std::string> tokens) {
    return [tokens = std::move(tokens)](const SourceId& id) -> Result<SourceAccess> {
        SourceAccess access{.source = {.id = id, .kind = "datacore", .name = "news"}, .secrets = {}};
        for (const auto& token : tokens) {
            access.secrets.push_back({.token = token});
        }
        return access;
    };
}

Result<std::string> Pick(const FindAccess& access, const std::string& refused) {
    return LiveSecret(
               access, SourceId("src_1"), [&](const Secret& secret) {
                   return secret.token.empty()      ? Fitness::kUnfit
                          : secret.token == refused ? Fitness::kRefused
                                                    : Fitness::kFit;
               }
    ).map([](const Secret& secret) { return secret.token; });
}

TEST(LiveSecret, TheNewestIsTakenUntilTheStoreRefusesIt) {
    EXPECT_EQ(Pick(With({"new", "old"}), "").value(), "new");
    EXPECT_EQ(Pick(With({"new", "old"}), "new").value(), "old");
    EXPECT_EQ(Pick(With({"new", "old"}), "old").value(), "new");
}

TEST(LiveSecret, OneThatWasRefusedIsTriedAgainWhenThereIsNoOther) {
    EXPECT_EQ(Pick(With({"only"}), "only").value(), "only");
}

TEST(LiveSecret, ThoseOfAnotherFormArePassedOver) {
    EXPECT_EQ(Pick(With({"", "old"}), "").value(), "old");
    EXPECT_EQ(Pick(With({"", "old"}), "old").value(), "old");
}

TEST(LiveSecret, WithoutOneItIsSaidWhatToDo) {
    for (const auto& access : {With({}), With({""})}) {
        const auto error = Pick(access, "").error();
        EXPECT_EQ(error.code, ErrorCode::kUnauthenticated);
        EXPECT_EQ(error.reason, kNoCredentials);
        EXPECT_NE(error.message.find("sources secret news"), std::string::npos);
    }
}

}  // namespace
}  // namespace notify::objects
