// NodeRepository, and what follows from it: duties, and leases of nodes that are gone.

#include "storage/node_repository.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "conformance/fixture.hpp"
#include "domain/node.hpp"
#include "storage/scan_repository.hpp"

namespace notify::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class Nodes : public Conformance {
protected:
    [[nodiscard]] Node Named(const std::string& name) const {
        return {
            .id = NodeId("nod_" + name),
            .name = name,
            .host = "host of " + name,
            .version = "1.2.3",
            .roles = Roles().With(Role::kWorker).With(Role::kScheduler),
            .workers = 3,
            .reads_folders = false,
            .started_at = Now(),
            .heard_at = Now()
        };
    }

    Node Join(const std::string& name) {
        const auto node = Named(name);
        Write([&](Transaction& transaction) { return transaction.nodes.Join(node); });
        return node;
    }

    /// Those of this test: on a server the storage itself is a node, too.
    [[nodiscard]] std::vector<std::string> Names() {
        std::vector<std::string> names;
        for (const auto& node : Read([](const Snapshot& snapshot) { return snapshot.nodes.List(); })) {
            if (node.version == "1.2.3") {
                names.push_back(node.name);
            }
        }
        return names;
    }

    [[nodiscard]] std::vector<std::string> Gone(const Node& self) {
        std::vector<std::string> names;
        const auto gone = Read([&](const Snapshot& snapshot) { return snapshot.nodes.Gone(self.id, Now()); });
        for (const auto& node : gone) {
            names.push_back(node.name);
        }
        return names;
    }

    bool Take(Role duty, const Node& node) {
        return Write([&](Transaction& transaction) { return transaction.nodes.Take(duty, node.id, Now()); });
    }

    void Leave(const Node& node) {
        Write([&](Transaction& transaction) { return transaction.nodes.Leave(node.id); });
    }
};

TEST_P(Nodes, AreListedByNameWithWhatTheySaidOfThemselves) {
    Join("second");
    const auto first = Join("first");
    EXPECT_THAT(Names(), ElementsAre("first", "second"));
    const auto nodes = Read([](const Snapshot& snapshot) { return snapshot.nodes.List(); });
    EXPECT_THAT(nodes, ::testing::Contains(first));
    Leave(first);
    Leave(first);
    EXPECT_THAT(Names(), ElementsAre("second"));
}

TEST_P(Nodes, OfOneNameTakeEachOthersPlaceOnOneHostAlone) {
    Join("one");
    auto again = Named("one");
    again.id = NodeId("nod_again");
    Write([&](Transaction& transaction) { return transaction.nodes.Join(again); });
    EXPECT_THAT(Names(), ElementsAre("one"));
    auto copy = Named("one");
    copy.id = NodeId("nod_copy");
    copy.host = "elsewhere";
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.nodes.Join(copy); }), ErrorCode::kConflict
    );
    copy.heard_at = Now() + kNodeLease;
    Write([&](Transaction& transaction) { return transaction.nodes.Join(copy); });
    EXPECT_THAT(Names(), ElementsAre("one"));
}

TEST_P(Nodes, AreGoneWhenTheyWereSilentForTheirLease) {
    const auto self = Join("self");
    const auto other = Join("other");
    clock_.Advance(kNodeLease);
    EXPECT_THAT(Gone(self), ::testing::Not(::testing::Contains("other")));
    clock_.Advance(std::chrono::milliseconds(1));
    EXPECT_THAT(Gone(self), ::testing::Contains("other"));
    EXPECT_THAT(Gone(self), ::testing::Not(::testing::Contains("self")));
    Write([&](Transaction& transaction) { return transaction.nodes.Beat(other.id, Now()); });
    EXPECT_THAT(Gone(self), ::testing::Not(::testing::Contains("other")));
}

TEST_P(Nodes, HaveADutyAloneUntilTheyLeave) {
    const auto one = Join("one");
    const auto two = Join("two");
    EXPECT_TRUE(Take(Role::kScheduler, one));
    EXPECT_TRUE(Take(Role::kScheduler, one));
    EXPECT_FALSE(Take(Role::kScheduler, two));
    EXPECT_TRUE(Take(Role::kDelivery, two));
    const auto duties = Read([](const Snapshot& snapshot) { return snapshot.nodes.Duties(); });
    EXPECT_THAT(
        duties,
        ElementsAre(
            Duty{.role = Role::kDelivery, .node = two.id, .since = Now()},
            Duty{.role = Role::kScheduler, .node = one.id, .since = Now()}
        )
    );
    Leave(one);
    EXPECT_TRUE(Take(Role::kScheduler, two));
    Write([&](Transaction& transaction) { return transaction.nodes.GiveBack(Role::kDelivery, one.id); });
    EXPECT_THAT(Read([](const Snapshot& snapshot) { return snapshot.nodes.Duties(); }), SizeIs(2))
        << "it was not its own";
    Write([&](Transaction& transaction) { return transaction.nodes.GiveBack(Role::kDelivery, two.id); });
    EXPECT_TRUE(Take(Role::kDelivery, two));
}

TEST_P(Nodes, ThatLeftHoldNoProcessAndNoDelivery) {
    const auto one = Join("one");
    const auto bucket = AddBucket();
    const auto item = AddItem(bucket, "film.mp4");
    AddProcess(item, "checksum");
    const auto claimed = Write([&](Transaction& transaction) {
        return transaction.processes.Claim(one.id, 5, Now(), std::chrono::seconds(30));
    });
    EXPECT_THAT(claimed, IsEmpty()) << "its folders are not there";
    auto reads = one;
    reads.reads_folders = true;
    Write([&](Transaction& transaction) { return transaction.nodes.Join(reads); });
    const auto taken = Write([&](Transaction& transaction) {
        return transaction.processes.Claim(one.id, 5, Now(), std::chrono::seconds(30));
    });
    ASSERT_THAT(taken, SizeIs(1));
    const auto expired = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.processes.Expired(Now()); });
    };
    EXPECT_THAT(expired(), IsEmpty());
    Leave(Join("two"));
    EXPECT_THAT(expired(), IsEmpty());
    Leave(one);
    EXPECT_THAT(expired(), SizeIs(1));
}

TEST_P(Nodes, ThatStartAgainHoldNothingOfTheirLastStart) {
    auto one = Named("one");
    one.reads_folders = true;
    Write([&](Transaction& transaction) { return transaction.nodes.Join(one); });
    AddProcess(AddItem(AddBucket(), "film.mp4"));
    ASSERT_THAT(Claim(1, one.id), SizeIs(1));
    one.id = NodeId("nod_again");
    Write([&](Transaction& transaction) { return transaction.nodes.Join(one); });
    const auto expired = Read([&](const Snapshot& snapshot) { return snapshot.processes.Expired(Now()); });
    EXPECT_THAT(expired, SizeIs(1));
}

TEST_P(Nodes, ScanABucketOneAtATime) {
    const auto one = Join("one");
    const auto two = Join("two");
    const auto bucket = AddBucket();
    const auto begin = [&](const Node& node) {
        return Write([&](Transaction& transaction) { return transaction.scans.Begin(bucket.id, node.id); });
    };
    EXPECT_TRUE(begin(one));
    EXPECT_TRUE(begin(one));
    EXPECT_FALSE(begin(two));
    Write([&](Transaction& transaction) { return transaction.scans.End(bucket.id, two.id); });
    EXPECT_FALSE(begin(two)) << "it was not its own";
    Write([&](Transaction& transaction) { return transaction.scans.End(bucket.id, one.id); });
    EXPECT_TRUE(begin(two));
    Leave(two);
    EXPECT_TRUE(begin(one));
    EXPECT_EQ(
        Refused([&](Transaction& transaction) {
            return transaction.scans.Begin(BucketId("bkt_none"), one.id);
        }),
        ErrorCode::kNotFound
    );
}

TEST_P(Nodes, TellEachOtherWhatIsToBeScanned) {
    const auto bucket = AddBucket();
    const auto wanted = [&] {
        return Read([](const Snapshot& snapshot) { return snapshot.scans.Wanted(); });
    };
    const auto want = [&] {
        Write([&](Transaction& transaction) { return transaction.scans.Want(bucket.id); });
    };
    EXPECT_THAT(wanted(), IsEmpty());
    want();
    want();
    EXPECT_THAT(wanted(), ElementsAre(bucket.id));
    Write([&](Transaction& transaction) { return transaction.scans.TakeUp({bucket.id}); });
    EXPECT_THAT(wanted(), IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(EachDatabase, Nodes, ::testing::ValuesIn(Databases()), DatabaseName);

/// On databases that several nodes share.
class GivenUp : public Nodes {};

TEST_P(GivenUp, WriteAgainAfterTheyJoinedAgainEvenIfTheFirstWriteIsRefused) {
    const auto node = ValueOf(GetParam()->OpenNode(folder_, "nod_b", *box_, clock_));
    const auto nothing = [](Transaction&) -> Result<void> { return {}; };
    ASSERT_TRUE(node->Write(nothing));
    Write([](Transaction& transaction) { return transaction.nodes.Leave(NodeId("nod_b")); });
    EXPECT_EQ(node->Write(nothing).error().code, ErrorCode::kUnavailable);
    EXPECT_TRUE(node->IsGivenUp());
    node->JoinAgain();
    const auto refused =
        node->Write([](Transaction&) -> Result<void> { return Fail(ErrorCode::kConflict, "no"); });
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_FALSE(node->IsGivenUp());
    EXPECT_TRUE(node->Write(nothing));
}

/// After a power cut its connection is half open, and there for hours.
TEST_P(GivenUp, LeaveTheirNameOnceTheyWereSilentForTheirLeaseWhateverTheirConnection) {
    const auto node = ValueOf(GetParam()->OpenNode(folder_, "nod_b", *box_, clock_));
    ASSERT_TRUE(node->Write([](Transaction&) -> Result<void> { return {}; })) << "its connection is known";
    const auto join = [](Transaction& transaction, std::chrono::milliseconds silent) {
        return transaction.nodes.List().and_then([&](const std::vector<Node>& nodes) {
            auto again = *std::ranges::find(nodes, NodeId("nod_b"), &Node::id);
            again.id = NodeId("nod_again");
            again.heard_at += silent;
            return transaction.nodes.Join(again);
        });
    };
    const auto refused = storage_->Write([&](Transaction& transaction) {
        return join(transaction, kNodeLease - std::chrono::milliseconds(1));
    });
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_EQ(refused.error().reason, kNameTaken);
    EXPECT_EQ(refused.error().retry_after, std::chrono::milliseconds(1));
    Write([&](Transaction& transaction) { return join(transaction, kNodeLease); });
    EXPECT_EQ(
        node->Write([](Transaction&) -> Result<void> { return {}; }).error().code, ErrorCode::kUnavailable
    );
    EXPECT_TRUE(node->IsGivenUp());
}

INSTANTIATE_TEST_SUITE_P(EachDatabase, GivenUp, ::testing::ValuesIn(DatabasesOfServers()), DatabaseName);

}  // namespace
}  // namespace notify::testing
