#include "storage/latest_runs.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;

/// The runs of an item, each later than the one before.
class RunsOfAnItem : public ::testing::Test {
protected:
    void Add(const std::string& config, int run, const std::string& rule, Status status) {
        Process process;
        process.id = ProcessId(config + std::to_string(run));
        process.processor = "checksum";
        process.config_hash = config;
        process.rule_id = RuleId(rule);
        process.run = run;
        process.status = status;
        process.created_at = FromMillis(static_cast<std::int64_t>(runs_.size()));
        runs_.push_back(process);
    }

    [[nodiscard]] std::vector<std::string> Latest() const {
        std::vector<std::string> ids;
        for (const auto& run : LatestRuns(runs_)) {
            ids.push_back(run.id.Value());
        }
        return ids;
    }

    std::vector<Process> runs_;
};

TEST_F(RunsOfAnItem, AreTheLastOfEachConfiguration) {
    Add("a", 1, "", Status::kCompleted);
    Add("b", 1, "", Status::kCompleted);
    Add("a", 2, "", Status::kFailed);
    EXPECT_THAT(Latest(), ElementsAre("b1", "a2"));
}

TEST_F(RunsOfAnItem, GiveWayToWhatTheirRuleChoseLaterOnceThatCompleted) {
    Add("a", 1, "rule", Status::kCompleted);
    for (const auto status :
         {Status::kPending, Status::kProcessing, Status::kFailed, Status::kCancelled, Status::kSkipped}) {
        Add("b", 1, "rule", status);
        EXPECT_THAT(Latest(), ElementsAre("a1", "b1")) << "nothing has come in its place";
        runs_.pop_back();
    }
    Add("b", 1, "rule", Status::kCompleted);
    EXPECT_THAT(Latest(), ElementsAre("b1"));
    Add("a", 2, "rule", Status::kCompleted);
    EXPECT_THAT(Latest(), ElementsAre("a2")) << "it was changed back";
}

TEST_F(RunsOfAnItem, GiveWayWithTheirFailureAndNotWhileTheyRun) {
    Add("a", 1, "rule", Status::kFailed);
    Add("b", 1, "rule", Status::kProcessing);
    Add("c", 1, "rule", Status::kCompleted);
    EXPECT_THAT(Latest(), ElementsAre("b1", "c1"));
}

TEST_F(RunsOfAnItem, OfTwoRulesStandBesideEachOther) {
    Add("a", 1, "one", Status::kCompleted);
    Add("b", 1, "other", Status::kCompleted);
    EXPECT_THAT(Latest(), ElementsAre("a1", "b1"));
    Add("b", 2, "one", Status::kCompleted);
    EXPECT_THAT(Latest(), ElementsAre("b2"));
}

}  // namespace
}  // namespace notify::testing
