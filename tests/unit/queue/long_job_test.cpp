#include "queue/long_job.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "domain/checkpoint.hpp"
#include "domain/process.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

class LongJobs : public QueueTest {
protected:
    LongJobs() {
        Discover(AddBucket(), "a.bin");
        claim_ = Claim().at(0);
    }

    [[nodiscard]] const ProcessId& Id() const { return claim_.processes.at(0).id; }

    /// What the next job of the process would go on with.
    [[nodiscard]] Checkpoint Next() {
        Job job;
        job.processes.push_back({.id = Id(), .processor = "checksum", .config = "{}", .media_types = {}});
        auto again = claim_;
        ++again.processes[0].fence;
        LongJob(*storage_, again).Prepare(job);
        return job.processes[0].checkpoint;
    }

    [[nodiscard]] std::map<ProcessId, LongWork> Noted() {
        return storage_
            ->Read([&](const Snapshot& snapshot) { return snapshot.processes.LongWorkOf(claim_.item.id); })
            .value();
    }

    ClaimedItem claim_;
};

TEST_F(LongJobs, KeepWhatTheNextJobGoesOnWith) {
    EXPECT_TRUE(Next().open.empty());
    LongJob job(*storage_, claim_);
    job.Keep(Id(), {.position_ms = 10, .open = "one", .ended_before = 0, .ended = {"a"}});
    job.Keep(Id(), {.position_ms = 20, .open = "two", .ended_before = 1, .ended = {}});
    EXPECT_EQ(Next().open, "two");
    EXPECT_EQ(Next().ended, std::vector<std::string>{"a"});
}

TEST_F(LongJobs, KeepWithTheNextCheckpointWhatCouldNotBeKept) {
    LongJob job(*storage_, claim_);
    job.Keep(Id(), {.position_ms = 10, .open = "one", .ended_before = 0, .ended = {"a"}});
    storage_->refuse = 2;
    job.Keep(Id(), {.position_ms = 20, .open = "two", .ended_before = 1, .ended = {"b"}});
    job.Keep(Id(), {.position_ms = 30, .open = "three", .ended_before = 2, .ended = {"c"}});
    EXPECT_EQ(Next().open, "one");
    job.Keep(Id(), {.position_ms = 40, .open = "four", .ended_before = 3, .ended = {"d"}});
    EXPECT_EQ(Next().open, "four");
    EXPECT_EQ(Next().ended, (std::vector<std::string>{"a", "b", "c", "d"}));
}

TEST_F(LongJobs, ForgetWhatCouldNotBeKeptOfAChildThatBeganAnew) {
    LongJob job(*storage_, claim_);
    storage_->refuse = 1;
    job.Keep(Id(), {.position_ms = 10, .open = "one", .ended_before = 0, .ended = {"a"}});
    job.Keep(Id(), {.position_ms = 10, .open = "again", .ended_before = 0, .ended = {"b"}});
    EXPECT_EQ(Next().ended, std::vector<std::string>{"b"});
}

TEST_F(LongJobs, AreNotedWhenTheirMediaIsLong) {
    LongJob job(*storage_, claim_);
    job.Media(kLongMediaMs - 1);
    EXPECT_TRUE(Noted().empty());
    job.Media(kLongMediaMs);
    EXPECT_EQ(Noted().at(Id()).media_ms, kLongMediaMs);
    job.Resumed(Id(), kLongMediaMs / 2);
    EXPECT_EQ(Noted().at(Id()).resumed_at_ms, kLongMediaMs / 2);
    EXPECT_EQ(Stored(Id()).progress, 0.5);
    job.GaveWay(claim_.processes[0]);
    EXPECT_EQ(Noted().at(Id()).gave_way, 1);
}

}  // namespace
}  // namespace notify::testing
