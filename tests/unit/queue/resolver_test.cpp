#include "queue/resolver.hpp"

#include <string>
#include <vector>

#include "storage/item_repository.hpp"
#include "unit/queue/fixture.hpp"

namespace notify::testing {
namespace {

class ResolverTest : public QueueTest {
protected:
    /// A completed process whose consumer read something that changed before the commit.
    ItemId Race(const Bucket& bucket, const std::string& key) {
        Discover(bucket, key);
        auto claim = Claim(1).at(0);
        claim.item.content_sha256 = key;
        consumer_.after_prepare = [this] { ++consumer_.version; };
        completion_->Start();
        for (const auto& process : claim.processes) {
            auto outcome = Found(process.id);
            outcome.artifacts.push_back(
                {.name = "file", .media_type = "text/plain", .bytes = "stored bytes"}
            );
            completion_->Add(EndOf(claim, std::move(outcome)));
        }
        completion_->Stop();
        consumer_.after_prepare = nullptr;
        return claim.item.id;
    }

    Resolver& MakeResolver() {
        resolver_ = std::make_unique<Resolver>(*storage_, clock_, *completion_);
        return *resolver_;
    }

    std::unique_ptr<Resolver> resolver_;
};

TEST_F(ResolverTest, HoldsTheItemBackUntilItsConsumersReadWhatIsTrueNow) {
    const auto id = Race(AddBucket(), "a.mp4");
    EXPECT_EQ(OnlyProcess(id).status, Status::kCompleted);
    EXPECT_EQ(Stored(id).status, Status::kProcessing);
    EXPECT_EQ(Stored(id).blocked_by, BlockedBy::kResolving);
    EXPECT_EQ(Count("item.completed"), 0);
    EXPECT_EQ(Publications(), 0);

    consumer_.read_file = true;  // now from the store
    EXPECT_EQ(MakeResolver().RunOnce().value(), 1);
    EXPECT_EQ(Stored(id).status, Status::kCompleted);
    EXPECT_FALSE(Stored(id).resolving_since.has_value());
    EXPECT_EQ(Count("item.completed"), 1);
    EXPECT_EQ(Count("process.completed"), 1);
    EXPECT_EQ(Publications(), 1);
    EXPECT_EQ(consumer_.applied, 1);
    EXPECT_EQ(resolver_->RunOnce().value(), 0);
    EXPECT_EQ(Count("item.completed"), 1);
}

TEST_F(ResolverTest, TriesAgainWhenThingsChangeOnceMore) {
    const auto id = Race(AddBucket(), "a.mp4");
    int changes = 2;
    consumer_.after_prepare = [&] { consumer_.version += changes-- > 0 ? 1 : 0; };
    EXPECT_EQ(MakeResolver().RunOnce().value(), 1);
    EXPECT_EQ(Stored(id).status, Status::kCompleted);
}

TEST_F(ResolverTest, LeavesARowForLaterWhenThingsDoNotComeToRest) {
    const auto id = Race(AddBucket(), "a.mp4");
    consumer_.after_prepare = [&] { ++consumer_.version; };
    EXPECT_EQ(MakeResolver().RunOnce().value(), 0);
    EXPECT_EQ(Stored(id).blocked_by, BlockedBy::kResolving);
    consumer_.after_prepare = nullptr;
    EXPECT_EQ(resolver_->RunOnce().value(), 1);
    EXPECT_EQ(Count("item.completed"), 1);
}

TEST_F(ResolverTest, CompletesAnItemOnlyWithItsLastRow) {
    auto bucket = AddBucket({"checksum"});
    AddRule(bucket, "checksum", [](Rule& rule) { rule.config = R"({"b":1})"; });
    const auto id = Race(bucket, "a.mp4");
    const auto processes = ProcessesOf(id);
    ASSERT_EQ(processes.size(), 2U);
    EXPECT_TRUE(completion_->Resolve(processes[0].id).value());
    EXPECT_EQ(Stored(id).blocked_by, BlockedBy::kResolving);
    EXPECT_EQ(Count("item.completed"), 0);
    EXPECT_TRUE(completion_->Resolve(processes[1].id).value());
    EXPECT_EQ(Stored(id).status, Status::kCompleted);
    EXPECT_EQ(Count("item.completed"), 1);
}

TEST_F(ResolverTest, LetsNoUnresolvableRowHoldUpOthers) {
    const auto bucket = AddBucket();
    std::vector<ItemId> ids;
    for (int i = 0; i < 21; ++i) {
        ids.push_back(Race(bucket, std::to_string(i) + ".mp4"));
        clock_.Advance(std::chrono::milliseconds(1));
    }
    consumer_.stumbles = true;
    EXPECT_EQ(MakeResolver().RunOnce().value(), 0);
    consumer_.stumbles = false;
    EXPECT_EQ(resolver_->RunOnce().value(), 1) << "the first 20 have stepped back";
    EXPECT_EQ(Stored(ids.at(20)).status, Status::kCompleted);
    clock_.Advance(std::chrono::seconds(6));
    EXPECT_EQ(resolver_->RunOnce().value(), 20);
    EXPECT_EQ(Count("item.completed"), 21);
}

TEST_F(ResolverTest, EndsAnItemWithASentenceWhenItsResultCanNeverBeResolved) {
    const auto id = Race(AddBucket(), "a.mp4");
    consumer_.refuses = true;
    EXPECT_EQ(MakeResolver().RunOnce().value(), 0);
    const auto item = Stored(id);
    EXPECT_EQ(item.status, Status::kCompleted);
    EXPECT_EQ(item.reason_code, "unresolved");
    EXPECT_NE(item.reason.find("the document cannot be understood"), std::string::npos);
    EXPECT_FALSE(item.resolving_since.has_value());
    EXPECT_EQ(Count("item.completed"), 1);
    EXPECT_EQ(Publications(), 1);
}

TEST_F(ResolverTest, GivesUpWhatFailsAgainAndAgain) {
    const auto id = Race(AddBucket(), "a.mp4");
    consumer_.stumbles = true;
    MakeResolver();
    for (int tries = 1; tries <= 5; ++tries) {
        EXPECT_EQ(Stored(id).blocked_by, BlockedBy::kResolving) << tries;
        EXPECT_EQ(resolver_->RunOnce().value(), 0);
        clock_.Advance(std::chrono::minutes(11));
    }
    EXPECT_EQ(Stored(id).status, Status::kCompleted);
    EXPECT_EQ(Stored(id).reason_code, "unresolved");
}

TEST_F(ResolverTest, KeepsTheSentenceOfARowGivenUpUntilTheLastRowIsWorked) {
    auto bucket = AddBucket({"checksum"});
    AddRule(bucket, "checksum", [](Rule& rule) { rule.config = R"({"b":1})"; });
    const auto id = Race(bucket, "a.mp4");
    const auto processes = ProcessesOf(id);
    ASSERT_EQ(processes.size(), 2U);
    const Error why{.code = ErrorCode::kNotFound, .message = "the bytes are gone"};
    ASSERT_TRUE(completion_->GiveUpResolving(processes[0].id, why));
    EXPECT_EQ(Stored(id).blocked_by, BlockedBy::kResolving);
    EXPECT_TRUE(completion_->Resolve(processes[1].id).value());
    EXPECT_EQ(Stored(id).status, Status::kCompleted);
    EXPECT_NE(Stored(id).reason.find("the bytes are gone"), std::string::npos);
}

TEST_F(ResolverTest, WorksOnItsOwnThreadWhenNudged) {
    const auto first = Race(AddBucket(), "a.mp4");
    MakeResolver().Start();
    EXPECT_TRUE(Becomes(first, Status::kCompleted));
    resolver_->Nudge();
    resolver_->Stop();
    resolver_->Stop();
}

}  // namespace
}  // namespace notify::testing
