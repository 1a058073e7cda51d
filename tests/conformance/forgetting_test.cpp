// What is forgotten of items that are over, and what never is: docs/adr/0008-retention.md.

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "conformance/fixture.hpp"
#include "core/hash.hpp"
#include "core/ulid.hpp"
#include "domain/retention.hpp"
#include "queue/retention.hpp"
#include "storage/backlog_repository.hpp"
#include "storage/scan_repository.hpp"

namespace notify::testing {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::milliseconds;

class Forgetting : public Conformance {
protected:
    RemovedRows Remove(const RetentionPeriods& periods = {}) {
        return ValueOf(Retention(*storage_, clock_, periods).RunOnce({}));
    }

    /// A run that has ended now, or one that has not.
    Process AddRun(const Item& item, int number, Status status, const ResultId& result = ResultId()) {
        auto run = MakeProcess(item);
        run.run = number;
        run.status = status;
        run.result_id = result;
        if (IsTerminal(status)) {
            run.finished_at = Now();
        }
        if (status == Status::kProcessing) {
            run.lease_owner = NodeId("nod_a");
            run.lease_until = Now();
        }
        Write([&](Transaction& transaction) { return transaction.processes.Add(run); });
        return run;
    }

    Process AddCompleted(const Item& item, int number = 1) {
        return AddRun(item, number, Status::kCompleted, AddResult(MakeId("lineage")).id);
    }

    /// The item has this status since now.
    void Set(Item item, Status status) {
        item.status = status;
        item.since = Now();
        Write([&](Transaction& transaction) { return transaction.items.SetStatus(item); });
    }

    /// An item that has ended, with one run.
    Item AddEnded(const Bucket& bucket, const std::string& key, Status status = Status::kCompleted) {
        const auto item = AddItem(bucket, key);
        if (status == Status::kCompleted) {
            AddCompleted(item);
        } else {
            AddRun(item, 1, status);
        }
        Set(item, status);
        return item;
    }

    /// Its object is in the store no more.
    void Leave(const Item& item) {
        Write([&](Transaction& transaction) { return transaction.items.SetRemoved(item.id, Now()); });
    }

    /// Another version of the item's object, which is noticed now.
    Item Replace(const Bucket& bucket, const Item& item, const std::string& version) {
        const auto newer = MakeItem(bucket, item.key, version);
        EXPECT_GT(Write([&](Transaction& transaction) { return transaction.items.AddIfNew(newer); }), 1);
        return newer;
    }

    void Change(const Item& item, const ProcessId& process, Status status) {
        Write([&](Transaction& transaction) {
            return transaction.items.AddChange(
                item.id, {.at = Now(), .status = status, .process_id = process}
            );
        });
    }

    std::vector<Process> RunsOf(const Item& item) {
        return Read([&](const Snapshot& snapshot) { return snapshot.processes.OfItem(item.id); });
    }

    void Appear(const Person& person, const Item& item, const ResultId& result) {
        Appearance appearance;
        appearance.id = AppearanceId(MakeId("app"));
        appearance.person_id = person.id;
        appearance.end_ms = 50;
        Write([&](Transaction& transaction) {
            return transaction.people.ReplaceAppearances(item.id, result, {appearance});
        });
    }

    bool Has(const ItemId& id) {
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.items.Get(id); }).has_value();
    }

    bool Has(const ProcessId& id) {
        return storage_->Read(
                           [&](const Snapshot& snapshot) { return snapshot.processes.Get(id); }
        ).has_value();
    }

    bool Has(const ResultId& id) {
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.results.Get(id); }).has_value();
    }

    bool IsReferenced(std::string_view sha256) {
        return Read([&](const Snapshot& snapshot) { return snapshot.results.IsReferenced(sha256); });
    }

    std::vector<ProcessId> History(const Item& item) {
        std::vector<ProcessId> processes;
        for (const auto& change :
             Read([&](const Snapshot& snapshot) { return snapshot.items.History(item.id); })) {
            processes.push_back(change.process_id);
        }
        return processes;
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Forgetting, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Forgetting, LeavesWhatIsInTheStore) {
    const auto bucket = AddBucket();
    std::vector<Item> items;
    for (const auto status : {Status::kCompleted, Status::kFailed, Status::kCancelled, Status::kSkipped}) {
        items.push_back(AddEnded(bucket, fmt::format("{}", ToString(status)), status));
        Change(items.back(), RunsOf(items.back())[0].id, status);
    }
    clock_.Advance(days(4000));
    EXPECT_EQ(All(Remove()), 0);
    for (const auto& item : items) {
        ASSERT_TRUE(Has(item.id)) << item.key;
        const auto runs = RunsOf(item);
        EXPECT_EQ(runs.size(), 1U);
        EXPECT_EQ(runs[0].result_id.IsEmpty(), item.key != "Completed");
        EXPECT_EQ(History(item).size(), 1U);
    }
}

TEST_P(Forgetting, TakesAnItemThatLeftTheStoreWithAllThatIsItsOwn) {
    const auto bucket = AddBucket();
    const auto item = AddItem(bucket, "a.mp4");
    auto result = MakeResult("lineage");
    result.artifacts = {{.name = "a", .media_type = "b", .sha256 = "bytes of a", .size_bytes = 1}};
    Write([&](Transaction& transaction) { return transaction.results.AddOrGet(result); });
    const auto run = AddRun(item, 1, Status::kCompleted, result.id);
    const Publication publication{
        .id = PublicationId("pub_1"), .item_id = item.id, .destination = "beside", .format = "json"
    };
    Write([&](Transaction& transaction) -> Result<void> {
        auto done = transaction.items.SetAlias(bucket.id, item.key, item.version, "digest");
        done = done.and_then([&] { return transaction.backlog.NoteGiven(bucket.id, item.id, Now()); });
        return done.and_then([&] { return transaction.deliveries.RequestPublication(publication, Now()); });
    });
    auto delivery = Write([&](Transaction& transaction) {
                        return transaction.deliveries.Claim(NodeId("nod_a"), 1, 1, Now(), hours(1));
                    }).at(0);
    delivery.status = Status::kCompleted;
    delivery.lease_owner = NodeId();
    delivery.lease_until.reset();
    delivery.finished_at = Now();
    Write([&](Transaction& transaction) {
        return transaction.deliveries.Finish(delivery, delivery.fence, {});
    });
    const auto person = AddPerson("Ada");
    Appear(person, item, result.id);
    Change(item, run.id, Status::kCompleted);
    Set(item, Status::kCompleted);
    Leave(item);

    clock_.Advance(days(7));
    EXPECT_EQ(All(Remove()), 0);
    clock_.Advance(milliseconds(1));
    const auto removed = Remove();
    EXPECT_EQ(removed.items, 1);
    EXPECT_EQ(removed.processes, 1);
    EXPECT_EQ(removed.results, 1);
    EXPECT_FALSE(Has(item.id));
    EXPECT_FALSE(Has(run.id));
    EXPECT_FALSE(Has(result.id));
    EXPECT_FALSE(Read([&](const Snapshot& snapshot) { return snapshot.deliveries.HasPublication(item.id); }));
    EXPECT_FALSE(Read([&](const Snapshot& snapshot) {
        return snapshot.items.Alias(bucket.id, item.key, item.version);
    }));
    EXPECT_TRUE(History(item).empty());
    const auto appearances = Read([&](const Snapshot& snapshot) {
        return snapshot.people.Appearances({.item_id = {}, .person_id = person.id}, {});
    });
    EXPECT_TRUE(appearances.rows.empty());
    for (const auto& each : Read([](const Snapshot& snapshot) { return snapshot.processes.Count(); })) {
        EXPECT_EQ(each.count, 0) << "what is counted is what there is";
        EXPECT_EQ(each.ended, each.status == Status::kCompleted ? 1 : 0)
            << "and what ever ended stays counted";
    }
    EXPECT_EQ(All(Remove()), 0);
}

TEST_P(Forgetting, KeepsTheBytesOfWhatIsForgottenForAnHour) {
    const auto item = AddItem(AddBucket(), "a");
    auto result = MakeResult("lineage");
    result.artifacts = {{.name = "a", .media_type = "b", .sha256 = "bytes of a", .size_bytes = 1}};
    const auto put = [&] {
        Write([&](Transaction& transaction) {
            return transaction.results.AddOrGet(result).and_then([&](const ResultId&) {
                return transaction.results.PutArtifactRow("bytes of a", "x");
            });
        });
    };
    const auto collect = [&] {
        Write([](Transaction& transaction) { return transaction.results.ForgetReleased(); });
        const auto found = Read([](const Snapshot& snapshot) { return snapshot.results.OrphanRows(100); });
        return Write([&](Transaction& transaction) { return transaction.results.RemoveOrphanRows(found); });
    };
    put();
    AddRun(item, 1, Status::kCompleted, result.id);
    Set(item, Status::kCompleted);
    Leave(item);
    clock_.Advance(days(8));
    EXPECT_EQ(Remove().results, 1);
    clock_.Advance(hours(1));
    EXPECT_EQ(collect(), 0) << "somebody may just have read the result and commit it for another item";
    EXPECT_TRUE(IsReferenced("bytes of a"));
    clock_.Advance(milliseconds(1));
    EXPECT_EQ(collect(), 1);
    EXPECT_FALSE(IsReferenced("bytes of a"));
}

TEST_P(Forgetting, KeepsAnItemThatFailedForLonger) {
    const auto bucket = AddBucket();
    const auto failed = AddEnded(bucket, "failed", Status::kFailed);
    const auto cancelled = AddEnded(bucket, "cancelled", Status::kCancelled);
    const auto skipped = AddEnded(bucket, "skipped", Status::kSkipped);
    for (const auto& item : {failed, cancelled, skipped}) {
        Leave(item);
    }
    clock_.Advance(days(30));
    EXPECT_EQ(Remove().items, 1);
    EXPECT_FALSE(Has(skipped.id));
    clock_.Advance(milliseconds(1));
    EXPECT_EQ(Remove().items, 2);
    EXPECT_FALSE(Has(failed.id) || Has(cancelled.id));
}

TEST_P(Forgetting, CountsFromWhenAnItemLeftAndFromItsLastChange) {
    const auto bucket = AddBucket();
    const auto item = AddEnded(bucket, "a");
    clock_.Advance(days(100));
    Leave(item);
    clock_.Advance(days(6));
    Set(item, Status::kCompleted);  // somebody had it run again
    clock_.Advance(days(6));
    EXPECT_EQ(Remove().items, 0);
    clock_.Advance(days(2));
    EXPECT_EQ(Remove().items, 1);
}

TEST_P(Forgetting, TakesEarlierVersionsAndNeverTheOneThatIsThere) {
    const auto bucket = AddBucket();
    const auto first = AddEnded(bucket, "a");
    clock_.Advance(days(100));
    const auto second = Replace(bucket, first, "2");
    AddRun(second, 1, Status::kFailed);
    Set(second, Status::kFailed);
    clock_.Advance(days(8));
    EXPECT_EQ(Remove().items, 1);
    EXPECT_FALSE(Has(first.id));
    const auto third = Replace(bucket, second, "3");
    AddCompleted(third);
    Set(third, Status::kCompleted);
    clock_.Advance(days(400));
    EXPECT_EQ(Remove().items, 1);
    EXPECT_FALSE(Has(second.id));
    EXPECT_TRUE(Has(third.id));
    EXPECT_EQ(
        Read([&](const Snapshot& snapshot) { return snapshot.items.Newest(bucket.id, "a"); })->id, third.id
    );
    EXPECT_EQ(
        Write([&](Transaction& transaction) {
            return transaction.items.AddIfNew(MakeItem(bucket, "a", "3"));
        }),
        0
    ) << "it is not taken in again";
}

TEST_P(Forgetting, KeepsAnAliasThatAnotherItemHas) {
    const auto bucket = AddBucket();
    const auto item = AddEnded(bucket, "a");
    Write([&](Transaction& transaction) {
        return transaction.items.SetAlias(bucket.id, item.key, item.version, "digest");
    });
    Leave(item);
    const auto back = Replace(bucket, item, item.version);
    clock_.Advance(days(8));
    EXPECT_EQ(Remove().items, 1);
    EXPECT_FALSE(Has(item.id));
    EXPECT_TRUE(Has(back.id));
    EXPECT_EQ(
        Read([&](const Snapshot& snapshot) {
            return snapshot.items.Alias(bucket.id, item.key, item.version);
        }),
        "digest"
    );
}

TEST_P(Forgetting, LeavesWhatWaitsOrRuns) {
    const auto bucket = AddBucket();
    const auto pending = AddItem(bucket, "pending");
    AddRun(pending, 1, Status::kPending);
    const auto processing = AddItem(bucket, "processing");
    AddRun(processing, 1, Status::kProcessing);
    Set(processing, Status::kProcessing);
    const auto runs_again = AddEnded(bucket, "runs again");
    AddRun(runs_again, 2, Status::kPending);
    const auto goes_on = AddEnded(bucket, "goes on", Status::kFailed);
    AddRun(goes_on, 2, Status::kProcessing);
    const std::vector<Item> all{pending, processing, runs_again, goes_on};
    for (const auto& item : all) {
        Leave(item);
    }
    clock_.Advance(days(4000));
    EXPECT_EQ(All(Remove()), 0);
    for (const auto& item : all) {
        EXPECT_TRUE(Has(item.id)) << item.key;
    }
    EXPECT_EQ(RunsOf(runs_again).size(), 2U);
    EXPECT_EQ(RunsOf(goes_on).size(), 2U);
}

TEST_P(Forgetting, LeavesWhatAScanDidNotSeeOnce) {
    auto bucket = AddBucket();
    const auto item = AddEnded(bucket, "a");
    Write([&](Transaction& transaction) { return transaction.scans.NoteMissing(bucket.id, 1, item.id); });
    clock_.Advance(days(4000));
    EXPECT_EQ(All(Remove()), 0);
    EXPECT_TRUE(Has(item.id));
}

TEST_P(Forgetting, LeavesAnItemWhileItsPublicationIsToBeWritten) {
    const auto bucket = AddBucket();
    const auto item = AddEnded(bucket, "a");
    const Publication publication{
        .id = PublicationId("pub_1"), .item_id = item.id, .destination = "beside", .format = "json"
    };
    Write([&](Transaction& transaction) {
        return transaction.deliveries.RequestPublication(publication, Now());
    });
    Leave(item);
    clock_.Advance(days(8));
    EXPECT_EQ(Remove().items, 0);
    auto delivery = Write([&](Transaction& transaction) {
                        return transaction.deliveries.Claim(NodeId("nod_a"), 1, 1, Now(), hours(1));
                    }).at(0);
    EXPECT_EQ(Remove().items, 0) << "it is being written";
    delivery.status = Status::kFailed;
    delivery.lease_owner = NodeId();
    delivery.lease_until.reset();
    delivery.finished_at = Now();
    Write([&](Transaction& transaction) {
        return transaction.deliveries.Finish(delivery, delivery.fence, {});
    });
    EXPECT_EQ(Remove().items, 1);
}

TEST_P(Forgetting, LeavesAResultThatAnotherItemHas) {
    const auto bucket = AddBucket();
    const auto gone = AddEnded(bucket, "a");
    const auto result = RunsOf(gone)[0].result_id;
    const auto stays = AddItem(bucket, "b");
    AddRun(stays, 1, Status::kCompleted, result);
    Set(stays, Status::kCompleted);
    Leave(gone);
    clock_.Advance(days(8));
    const auto removed = Remove();
    EXPECT_EQ(removed.items, 1);
    EXPECT_EQ(removed.results, 0);
    EXPECT_TRUE(Has(result));
    Leave(stays);
    clock_.Advance(days(8));
    EXPECT_EQ(Remove().results, 1);
    EXPECT_FALSE(Has(result));
}

TEST_P(Forgetting, TakesARunWhenALaterOneHasBeenCompleteForLong) {
    const auto item = AddItem(AddBucket(), "a");
    const auto first = AddCompleted(item, 1);
    const auto second = AddCompleted(item, 2);
    clock_.Advance(days(7));
    EXPECT_EQ(All(Remove()), 0);
    const auto third = AddCompleted(item, 3);
    clock_.Advance(milliseconds(1));
    const auto removed = Remove();
    EXPECT_EQ(removed.processes, 1);
    EXPECT_EQ(removed.results, 1);
    EXPECT_FALSE(Has(first.id) || Has(first.result_id));
    clock_.Advance(days(4000));
    EXPECT_EQ(Remove().processes, 1);
    EXPECT_FALSE(Has(second.id) || Has(second.result_id));
    EXPECT_TRUE(Has(third.id) && Has(third.result_id));
}

TEST_P(Forgetting, LeavesTheLatestRunThatCompletedWhateverFollowed) {
    const auto bucket = AddBucket();
    const auto failed = AddItem(bucket, "failed");
    const auto completed = AddCompleted(failed, 1);
    AddRun(failed, 2, Status::kFailed);
    const auto last = AddRun(failed, 3, Status::kFailed);
    const auto waits = AddItem(bucket, "waits");
    AddCompleted(waits, 1);
    AddRun(waits, 2, Status::kPending);
    const auto other = AddItem(bucket, "other configuration");
    AddCompleted(other, 1);
    auto changed = MakeProcess(other);
    changed.config_hash = Sha256Hex("other");
    changed.run = 2;
    changed.status = Status::kCompleted;
    changed.result_id = AddResult("of the other configuration").id;
    changed.finished_at = Now();
    Write([&](Transaction& transaction) { return transaction.processes.Add(changed); });
    clock_.Advance(days(30));
    EXPECT_EQ(All(Remove()), 0);
    clock_.Advance(days(4000));
    EXPECT_EQ(Remove().processes, 1) << "the second run of the first";
    EXPECT_TRUE(Has(completed.id) && Has(completed.result_id) && Has(last.id));
    EXPECT_EQ(RunsOf(waits).size(), 2U);
    EXPECT_EQ(RunsOf(other).size(), 2U);
}

TEST_P(Forgetting, LeavesARunThatFailedUntilALaterOneHasEnded) {
    const auto item = AddItem(AddBucket(), "a");
    const auto failed = AddRun(item, 1, Status::kFailed);
    AddRun(item, 2, Status::kPending);
    clock_.Advance(days(4000));
    EXPECT_EQ(All(Remove()), 0);
    AddCompleted(item, 3);
    clock_.Advance(days(30));
    EXPECT_EQ(All(Remove()), 0);
    clock_.Advance(milliseconds(1));
    EXPECT_EQ(Remove().processes, 1);
    EXPECT_FALSE(Has(failed.id));
    EXPECT_EQ(RunsOf(item).size(), 2U) << "what waits stays";
}

TEST_P(Forgetting, LeavesAResultThatALaterRunHasFoundAgain) {
    const auto item = AddItem(AddBucket(), "a");
    const auto first = AddCompleted(item, 1);
    const auto second = AddRun(item, 2, Status::kCompleted, first.result_id);
    Appear(AddPerson("Ada"), item, first.result_id);
    clock_.Advance(days(8));
    const auto removed = Remove();
    EXPECT_EQ(removed.processes, 1);
    EXPECT_EQ(removed.results, 0);
    EXPECT_FALSE(Has(first.id));
    EXPECT_TRUE(Has(second.id) && Has(first.result_id));
}

TEST_P(Forgetting, LeavesARunByWhoseResultPeopleAppearOrThatIsToBeResolved) {
    const auto item = AddItem(AddBucket(), "a");
    const auto shown = AddCompleted(item, 1);
    const auto found_again = AddRun(item, 2, Status::kCompleted, shown.result_id);
    const auto unresolved = AddCompleted(item, 3);
    AddCompleted(item, 4);
    const auto person = AddPerson("Ada");
    Appear(person, item, shown.result_id);
    Write([&](Transaction& transaction) {
        return transaction.processes.AddResolve(item.id, unresolved.id, Now());
    });
    clock_.Advance(days(4000));
    EXPECT_EQ(Remove().processes, 1) << "the first; the second has its result";
    EXPECT_TRUE(Has(found_again.id) && Has(shown.result_id) && Has(unresolved.id));
    Write([&](Transaction& transaction) -> Result<void> {
        return transaction.people.ReplaceAppearances(item.id, shown.result_id, {}).and_then([&] {
            return transaction.processes.RemoveResolve(unresolved.id);
        });
    });
    EXPECT_EQ(Remove().processes, 2);
    EXPECT_FALSE(Has(shown.result_id));
}

TEST_P(Forgetting, TakesHistoryFromBeforeTheCurrentRuns) {
    const auto item = AddItem(AddBucket(), "a");
    const auto first = AddCompleted(item, 1);
    auto other = MakeProcess(item, "other");
    other.status = Status::kSkipped;
    other.finished_at = Now();
    Write([&](Transaction& transaction) { return transaction.processes.Add(other); });
    Change(item, ProcessId(), Status::kPending);
    Change(item, first.id, Status::kProcessing);
    Change(item, other.id, Status::kCompleted);
    clock_.Advance(days(40));
    EXPECT_EQ(Remove().changes, 0) << "nothing followed";
    const auto second = AddCompleted(item, 2);
    clock_.Advance(hours(1));
    Change(item, first.id, Status::kPending);
    Change(item, second.id, Status::kCompleted);
    clock_.Advance(days(30));
    EXPECT_EQ(Remove().changes, 2);
    EXPECT_EQ(History(item), (std::vector<ProcessId>{other.id, first.id, second.id}));
    EXPECT_EQ(Remove().changes, 0);
}

TEST_P(Forgetting, LeavesTheLastLineOfAHistory) {
    const auto item = AddItem(AddBucket(), "a");
    const auto first = AddCompleted(item, 1);
    Change(item, first.id, Status::kPending);
    Change(item, first.id, Status::kCompleted);
    clock_.Advance(hours(1));
    AddCompleted(item, 2);
    clock_.Advance(days(40));
    EXPECT_EQ(Remove().changes, 1);
    EXPECT_EQ(History(item), std::vector<ProcessId>{first.id});
}

TEST_P(Forgetting, TakesNothingThatIsToBeKeptForEver) {
    const auto bucket = AddBucket();
    const auto left = AddEnded(bucket, "a");
    const auto failed = AddEnded(bucket, "b", Status::kFailed);
    Leave(left);
    Leave(failed);
    const auto again = AddItem(bucket, "c");
    Change(again, AddRun(again, 1, Status::kFailed).id, Status::kFailed);
    clock_.Advance(hours(1));
    AddCompleted(again, 2);
    AddCompleted(again, 3);
    Change(again, ProcessId(), Status::kCompleted);
    clock_.Advance(days(4000));
    const days never(0);
    EXPECT_EQ(All(Remove({.told = never, .done = never, .failed = never, .history = never})), 0);
    EXPECT_EQ(All(Remove({.done = never, .failed = never, .history = never})), 0);
    const auto done = Remove({.failed = never, .history = never});
    EXPECT_EQ(done.items, 1);
    EXPECT_EQ(done.processes, 2);
    EXPECT_FALSE(Has(left.id));
    EXPECT_TRUE(Has(failed.id));
    const auto rest = Remove();
    EXPECT_EQ(rest.items, 1);
    EXPECT_EQ(rest.processes, 2);
    EXPECT_EQ(rest.changes, 1);
}

TEST_P(Forgetting, ComesToTheEndWhateverStandsInItsWay) {
    constexpr int kMany = 450;  // more than two batches
    const auto bucket = AddBucket();
    Write([&](Transaction& transaction) -> Result<void> {
        Result<void> done;
        for (int i = 0; done && i < kMany; ++i) {
            auto item = MakeItem(bucket, fmt::format("{:03}", i));
            item.status = i < kMany / 2 ? Status::kPending : Status::kCompleted;
            const auto gone = transaction.items.AddIfNew(item).and_then([&](int) {
                return transaction.items.SetRemoved(item.id, Now());
            });
            done = gone;
        }
        return done;
    });
    const auto item = AddItem(bucket, "again");
    std::vector<Process> runs(kMany, MakeProcess(item));
    for (int i = 0; i < kMany; ++i) {
        auto& run = runs[static_cast<std::size_t>(i)];
        run.id = ProcessId(MakeId("prc"));
        run.run = i + 1;
        run.status = i % 2 == 0 ? Status::kSkipped : Status::kFailed;
        run.finished_at = Now();
    }
    Write([&](Transaction& transaction) { return transaction.processes.AddAll(runs); });
    clock_.Advance(days(40));
    const auto removed = Remove();
    EXPECT_EQ(removed.items, kMany - (kMany / 2));
    EXPECT_EQ(removed.processes, kMany - 1);
    EXPECT_EQ(RunsOf(item).size(), 1U);
}

}  // namespace

}  // namespace notify::testing
