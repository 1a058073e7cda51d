// PauseRepository, and what is not claimed because of it.

#include "storage/pause_repository.hpp"

#include <chrono>
#include <optional>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/fixture.hpp"
#include "domain/node.hpp"
#include "domain/pause.hpp"
#include "storage/node_repository.hpp"

namespace notify::testing {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Pauses : public Conformance {
protected:
    Pause Begin(PauseOf of, std::string subject, std::optional<Timestamp> until = {}) {
        Pause pause{
            .id = PauseId("pau_" + std::to_string(++made_)),
            .of = of,
            .subject = std::move(subject),
            .reason = "the store is moved",
            .actor = "key_1",
            .since = Now(),
            .until = until
        };
        Write([&](Transaction& transaction) { return transaction.pauses.Put(pause); });
        return pause;
    }

    std::vector<Pause> InForce() {
        return Read([&](const Snapshot& snapshot) { return snapshot.pauses.List(Now()); });
    }

private:
    int made_ = 0;
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Pauses, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Pauses, AreListedUntilTheyEndAndTheNewerOfTheSameTakesItsPlace) {
    Begin(PauseOf::kSource, "src_1");
    const auto newer = Begin(PauseOf::kSource, "src_1", Now() + 1min);
    clock_.Advance(1ms);
    const auto all = Begin(PauseOf::kEverything, "");
    EXPECT_THAT(InForce(), ElementsAre(newer, all));
    clock_.Advance(1min);
    EXPECT_THAT(InForce(), ElementsAre(all));
    const auto ended = Write([&](Transaction& transaction) { return transaction.pauses.End(all.id); });
    EXPECT_EQ(ended, all);
    EXPECT_THAT(InForce(), IsEmpty());
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.pauses.End(all.id); }),
        ErrorCode::kNotFound
    );
}

TEST_P(Pauses, HoldBackASourceOrEverythingAndNothingElse) {
    const auto bucket = AddBucket();
    AddProcess(AddItem(bucket, "one"));
    AddProcess(AddItem(bucket, "two"));
    Begin(PauseOf::kSource, "src_other");
    const auto its = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.pauses.OfItems(bucket, Now()); });
    };
    const auto of_store = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.pauses.OfBucket(bucket, Now()); });
    };
    EXPECT_EQ(its(), std::nullopt);
    EXPECT_THAT(Claim(1), SizeIs(1));
    const auto paused = Begin(PauseOf::kSource, bucket.source_id.Value(), Now() + 1min);
    EXPECT_EQ(its(), paused);
    EXPECT_THAT(Claim(1), IsEmpty());
    const auto all = Begin(PauseOf::kEverything, "");
    EXPECT_EQ(its(), all);
    EXPECT_EQ(of_store(), paused) << "everything is paused, too";
    clock_.Advance(1min);
    EXPECT_EQ(of_store(), std::nullopt);
    EXPECT_THAT(Claim(1), IsEmpty());
    Write([&](Transaction& transaction) { return transaction.pauses.End(all.id); });
    EXPECT_EQ(its(), std::nullopt);
    EXPECT_THAT(Claim(1), SizeIs(1));
}

TEST_P(Pauses, OfABucketHoldItBackAndNoOtherUntilTheyEnd) {
    const auto bucket = AddBucket("one");
    const auto other = AddBucket("two");
    AddProcess(AddItem(bucket, "one"));
    AddProcess(AddItem(other, "two"));
    const auto paused = Begin(PauseOf::kBucket, bucket.id.Value(), Now() + 1min);
    const auto of_items = [&](const Bucket& of) {
        return Read([&](const Snapshot& snapshot) { return snapshot.pauses.OfItems(of, Now()); });
    };
    const auto of_store = [&](const Bucket& of) {
        return Read([&](const Snapshot& snapshot) { return snapshot.pauses.OfBucket(of, Now()); });
    };
    const auto itself = [&](const Bucket& of) {
        return Read([&](const Snapshot& snapshot) { return snapshot.pauses.OfBucketItself(of.id, Now()); });
    };
    EXPECT_EQ(of_items(bucket), paused);
    EXPECT_EQ(of_store(bucket), paused);
    EXPECT_EQ(itself(bucket), paused);
    EXPECT_EQ(of_items(other), std::nullopt);
    EXPECT_EQ(of_store(other), std::nullopt);
    const auto claimed = Claim(2);
    ASSERT_THAT(claimed, SizeIs(1));
    EXPECT_EQ(claimed.at(0).item.bucket_id, other.id);
    Begin(PauseOf::kSource, bucket.source_id.Value());
    clock_.Advance(1min);
    EXPECT_EQ(itself(bucket), std::nullopt) << "only its source is paused";
    EXPECT_THAT(Claim(1), IsEmpty());
}

TEST_P(Pauses, OfANodeDrainItAlone) {
    const auto bucket = AddBucket();
    AddProcess(AddItem(bucket, "one"));
    for (const auto* const name : {"one", "two"}) {
        Write([&](Transaction& transaction) {
            return transaction.nodes.Join(
                {.id = NodeId(std::string("nod_") + name),
                 .name = name,
                 .host = "host",
                 .version = "1",
                 .roles = Roles::All(),
                 .workers = 1,
                 .started_at = Now(),
                 .heard_at = Now()}
            );
        });
    }
    Begin(PauseOf::kNode, "one");
    EXPECT_THAT(Claim(1, NodeId("nod_one")), IsEmpty());
    EXPECT_THAT(Claim(1, NodeId("nod_two")), SizeIs(1));
}

}  // namespace
}  // namespace notify::testing
