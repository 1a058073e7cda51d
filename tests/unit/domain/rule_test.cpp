#include "domain/rule.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace notify {
namespace {

using Types = std::vector<std::string>;

Rule MakeRule(std::string id, std::string glob = {}, int priority = 0) {
    Rule rule;
    rule.id = RuleId(std::move(id));
    rule.path_glob = std::move(glob);
    rule.priority = priority;
    rule.processor = "checksum";
    rule.config_hash = "h";
    return rule;
}

TEST(Rule, ConcernsTheKeysOfItsGlobWhileItIsEnabled) {
    auto rule = MakeRule("rul_1", "films/**");
    EXPECT_TRUE(Concerns(rule, "films/a/b.mp4"));
    EXPECT_FALSE(Concerns(rule, "b.mp4"));
    rule.enabled = false;
    EXPECT_FALSE(Concerns(rule, "films/a/b.mp4"));
    EXPECT_TRUE(Concerns(MakeRule("rul_2"), "b.mp4"));
}

TEST(Rule, ChoosesTheSameAsAnotherWhateverItsPriorityAndTheOrderOfItsTypes) {
    auto rule = MakeRule("rul_1", "*.mp4", 1);
    rule.bucket_id = BucketId("bkt_1");
    rule.media_types = {"video/mp4", "video/*"};
    auto other = rule;
    other.id = RuleId("rul_2");
    other.priority = 7;
    other.enabled = false;
    other.media_types = {"video/*", "video/mp4"};
    EXPECT_TRUE(ChooseTheSame(rule, other));
    for (const auto& make_other : std::vector<void (*)(Rule&)>{
             [](Rule& r) { r.bucket_id = BucketId("bkt_2"); },
             [](Rule& r) { r.source_id = SourceId("src_1"); },
             [](Rule& r) { r.processor = "facial-recognition"; },
             [](Rule& r) { r.config_hash = "other"; },
             [](Rule& r) { r.path_glob = ""; },
             [](Rule& r) { r.media_types = {"video/*"}; }
         }) {
        auto changed = other;
        make_other(changed);
        EXPECT_FALSE(ChooseTheSame(rule, changed));
    }
}

TEST(Choose, GivesOneChoiceForTheSameProcessorAndConfiguration) {
    auto narrow = MakeRule("rul_1", "*.mp4", 1);
    narrow.media_types = {"video/mp4"};
    auto wide = MakeRule("rul_2", "", 7);
    wide.media_types = {"video/*", "video/mp4"};
    const auto chosen = Choose({narrow, wide}, "a.mp4");
    ASSERT_EQ(chosen.size(), 1U);
    EXPECT_EQ(chosen[0].rule_id, wide.id);
    EXPECT_EQ(chosen[0].priority, 7);
    EXPECT_EQ(chosen[0].media_types, (Types{"video/mp4", "video/*"}));
    wide.media_types.clear();
    EXPECT_TRUE(Choose({narrow, wide}, "a.mp4").at(0).media_types.empty())
        << "everything and more is everything";
}

TEST(Choose, PutsTheHighestPriorityFirst) {
    auto other = MakeRule("rul_2", "", 3);
    other.config_hash = "other";
    const auto chosen = Choose({MakeRule("rul_1"), other}, "a.mp4");
    ASSERT_EQ(chosen.size(), 2U);
    EXPECT_EQ(chosen[0].rule_id, other.id);
    EXPECT_TRUE(Choose({MakeRule("rul_1", "*.mov")}, "a.mp4").empty());
}

TEST(MediaTypes, AreTakenByNameOrByKind) {
    EXPECT_TRUE(TakesMediaType({}, "video/mp4"));
    EXPECT_TRUE(TakesMediaType({"image/png", "video/*"}, "video/mp4"));
    EXPECT_TRUE(TakesMediaType({"video/mp4"}, "video/mp4"));
    EXPECT_TRUE(TakesMediaType({"video/"}, "video/mp4"));
    EXPECT_FALSE(TakesMediaType({"video/mp4"}, "video/mp4v"));
    EXPECT_FALSE(TakesMediaType({"video/*"}, "videos/mp4"));
    EXPECT_FALSE(TakesMediaType({"image/*"}, ""));
}

}  // namespace
}  // namespace notify
