#include "people/appearance_ids.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace notify::testing {
namespace {

using ::testing::ElementsAre;

Appearance Of(const std::string& id, const std::string& person, const std::vector<std::string>& tracks) {
    Appearance appearance;
    appearance.id = AppearanceId(id);
    appearance.person_id = PersonId(person);
    for (const auto& track : tracks) {
        appearance.tracks.emplace_back(track);
    }
    return appearance;
}

std::vector<std::string> Kept(std::vector<Appearance> appearances, const std::vector<Appearance>& stored) {
    KeepIds(appearances, stored);
    std::vector<std::string> ids;
    for (const auto& appearance : appearances) {
        ids.push_back(appearance.id.Value());
    }
    return ids;
}

TEST(KeepingIds, GivesThePersonsAppearanceTheIdItHad) {
    const std::vector stored{Of("old1", "Ada", {"a", "b"}), Of("old2", "Bob", {"c"})};
    EXPECT_THAT(
        Kept({Of("new1", "Bob", {"c"}), Of("new2", "Ada", {"b", "d"}), Of("new3", "Ada", {"e"})}, stored),
        ElementsAre("old2", "old1", "new3")
    );
}

TEST(KeepingIds, GivesAnotherPersonTheIdForTheSameTracksOnly) {
    const std::vector stored{Of("old1", "Ada", {"a", "b"}), Of("old2", "Ada", {"c", "d"})};
    EXPECT_THAT(
        Kept(
            {Of("new1", "Bob", {"b", "a"}), Of("new2", "Bob", {"c"}), Of("new3", "Eve", {"d", "x"})}, stored
        ),
        ElementsAre("old1", "new2", "new3")
    );
}

TEST(KeepingIds, GivesEachIdOnceWhenOneBecomesSeveral) {
    const std::vector stored{Of("old", "Ada", {"a", "b", "c", "d"})};
    EXPECT_THAT(
        Kept({Of("new1", "Ada", {"a"}), Of("new2", "Ada", {"b", "c"}), Of("new3", "Bob", {"d"})}, stored),
        ElementsAre("new1", "old", "new3")
    ) << "to the one with the most tracks";
    auto later = Of("new1", "Ada", {"a", "b"});
    later.start_ms = 500;
    EXPECT_THAT(Kept({later, Of("new2", "Ada", {"c", "d"})}, stored), ElementsAre("new1", "old"))
        << "to the earlier one";
}

TEST(KeepingIds, GivesOneOfTheirIdsWhenSeveralBecomeOne) {
    auto first = Of("old1", "Ada", {"a"});
    auto second = Of("old2", "Ada", {"b"});
    second.start_ms = 500;
    EXPECT_THAT(Kept({Of("new", "Ada", {"a", "b"})}, {second, first}), ElementsAre("old1")) << "the earlier";
    second.tracks.emplace_back("c");
    EXPECT_THAT(Kept({Of("new", "Ada", {"a", "b", "c"})}, {first, second}), ElementsAre("old2"));
}

TEST(KeepingIds, LeavesFreshIdsWithoutAnythingStored) {
    EXPECT_THAT(Kept({Of("new1", "Ada", {"a"}), Of("new2", "Ada", {})}, {}), ElementsAre("new1", "new2"));
    EXPECT_THAT(Kept({Of("new", "Ada", {})}, {Of("old", "Ada", {})}), ElementsAre("new"));
}

}  // namespace
}  // namespace notify::testing
