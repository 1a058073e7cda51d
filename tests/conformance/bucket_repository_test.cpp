#include "conformance/fixture.hpp"
#include "core/ulid.hpp"
#include "storage/source_repository.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class Buckets : public Conformance {
protected:
    using Conformance::Stored;

    Bucket Stored(const BucketId& id) {
        return Read([&](const Snapshot& snapshot) { return snapshot.buckets.Get(id); });
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Buckets, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Buckets, KeepEverythingOfABucket) {
    auto bucket = MakeBucket(AddSource(), "in");
    bucket.active = false;
    bucket.scan_interval = 90s;
    bucket.settle_time = 1500ms;
    bucket.include = {"*.mp4", "a \"quoted\" one", ""};
    bucket.exclude = {"tmp/**"};
    bucket.publish = false;
    bucket.weight = 3;
    bucket.max_in_flight = 7;
    bucket.options = {
        .filters =
            {.min_bytes = 1,
             .max_bytes = std::uint64_t{1} << 50U,
             .min_age = 30s,
             .max_age = 24h,
             .media_types = {"video/", "image/jpeg"}},
        .schedule = {.cron = "0 2 * * *", .windows = {"Mon-Fri 20:00-06:00"}, .time_zone = "Europe/Zurich"},
        .backlog = {.policy = BacklogPolicy::kBudget, .items_per_day = 500, .decode_hours_per_day = 12.5},
        .dedupe = Dedupe::kAfter,
        .publishing = {.formats = {"csv", "edl"}, .bucket = "results", .prefix = "faces/", .metadata = true},
        .retention = {.unnamed = std::chrono::days(7)},
        .sequences = false,
        .restore = true,
        .scan_streams = 4
    };
    Write([&](Transaction& transaction) { return transaction.buckets.Add(bucket); });
    const auto stored = Stored(bucket.id);
    EXPECT_EQ(stored.source_id, bucket.source_id);
    EXPECT_EQ(stored.kind, "local");
    EXPECT_EQ(stored.name, "in");
    EXPECT_EQ(stored.location, "/media/in");
    EXPECT_FALSE(stored.active);
    EXPECT_EQ(stored.scan_interval, 90s);
    EXPECT_EQ(stored.settle_time, 1500ms);
    EXPECT_EQ(stored.include, bucket.include);
    EXPECT_EQ(stored.exclude, bucket.exclude);
    EXPECT_FALSE(stored.publish);
    EXPECT_EQ(stored.weight, 3);
    EXPECT_EQ(stored.max_in_flight, 7);
    EXPECT_EQ(stored.options, bucket.options);
    EXPECT_EQ(stored.created_at, bucket.created_at);
    EXPECT_FALSE(stored.last_scan_at);
    EXPECT_FALSE(stored.first_scan_at);
}

TEST_P(Buckets, AreHeldUntilTheyAreReleased) {
    const auto bucket = AddBucket("in");
    const auto hold_of = [&](const BucketId& id) {
        return Read([&](const Snapshot& snapshot) { return snapshot.buckets.HoldOf(id); });
    };
    const auto release = [&] {
        return Write([&](Transaction& transaction) { return transaction.buckets.Release(bucket.id, Now()); });
    };
    EXPECT_FALSE(hold_of(bucket.id));
    EXPECT_FALSE(release());
    const BucketHold hold{
        .until = Now() + 60s, .reason = "unknown_host", .sentence = "the host is not known", .times = 3
    };
    Write([&](Transaction& transaction) { return transaction.buckets.Hold(bucket.id, hold); });
    EXPECT_EQ(hold_of(bucket.id), hold);
    EXPECT_FALSE(hold_of(AddBucket("other").id));
    Reopen();
    EXPECT_EQ(hold_of(bucket.id), hold);
    EXPECT_TRUE(release());
    EXPECT_FALSE(hold_of(bucket.id));
    EXPECT_FALSE(release());
}

TEST_P(Buckets, ReleasedMakeReadyWhatWaitedForTheReason) {
    const auto bucket = AddBucket("in");
    const auto wait = [&](const std::string& key, const std::string& reason) {
        auto process = AddProcess(AddItem(bucket, key));
        process.failure = Failure{.code = "unavailable", .stage = "store", .reason = reason, .message = "m"};
        process.next_attempt_at = Now() + 300s;
        Write([&](Transaction& transaction) { return transaction.processes.UpdatePending(process); });
        return process.id;
    };
    const auto same = wait("a", "no_bucket");
    const auto other = wait("b", "archived");
    Write([&](Transaction& transaction) {
        return transaction.buckets.Hold(
            bucket.id, {.until = Now() + 60s, .reason = "no_bucket", .sentence = "s"}
        );
    });
    clock_.Advance(1s);
    Write([&](Transaction& transaction) { return transaction.buckets.Release(bucket.id, Now()); });
    EXPECT_EQ(Stored(same).next_attempt_at, Now());
    EXPECT_GT(Stored(other).next_attempt_at, Now());
}

TEST_P(Buckets, WakeWhatWaitsForTheirStore) {
    const auto bucket = AddBucket("in");
    const auto wait = [&](const Bucket& in, const std::string& key, int pauses) {
        auto process = AddProcess(AddItem(in, key));
        process.pauses = pauses;
        process.next_attempt_at = Now() + 300s;
        Write([&](Transaction& transaction) { return transaction.processes.UpdatePending(process); });
        return process.id;
    };
    const auto paused = wait(bucket, "a", 2);
    const auto other_reason = wait(bucket, "b", 0);
    const auto elsewhere = wait(AddBucket("other"), "a", 2);
    EXPECT_EQ(Write([&](Transaction& transaction) { return transaction.buckets.Wake(bucket.id, Now()); }), 1);
    EXPECT_EQ(Stored(paused).next_attempt_at, Now());
    EXPECT_EQ(Stored(paused).pauses, 2);
    EXPECT_GT(Stored(other_reason).next_attempt_at, Now());
    EXPECT_GT(Stored(elsewhere).next_attempt_at, Now());
}

TEST_P(Buckets, RefuseATakenNameAndATakenPlace) {
    const auto taken = AddBucket("in");
    const auto add = [&](const Bucket& bucket) {
        return Refused([&](Transaction& transaction) { return transaction.buckets.Add(bucket); });
    };
    auto same_name = MakeBucket(*source_, "in");
    same_name.location = "/elsewhere";
    EXPECT_EQ(add(same_name), ErrorCode::kConflict);
    auto same_place = MakeBucket(*source_, "other");
    same_place.location = taken.location;
    EXPECT_EQ(add(same_place), ErrorCode::kConflict);
}

TEST_P(Buckets, RefuseABucketOfNoSource) {
    const auto bucket = MakeBucket(MakeSource(), "in");
    const auto refused = Refused([&](Transaction& transaction) { return transaction.buckets.Add(bucket); });
    EXPECT_EQ(refused, ErrorCode::kNotFound);
}

TEST_P(Buckets, ReplaceSettings) {
    auto bucket = MakeBucket(AddSource(), "in");
    Write([&](Transaction& transaction) { return transaction.buckets.Add(bucket); });
    bucket.name = "renamed";
    bucket.active = false;
    Write([&](Transaction& transaction) { return transaction.buckets.Update(bucket); });
    const auto stored = Stored(bucket.id);
    EXPECT_EQ(stored.name, "renamed");
    EXPECT_FALSE(stored.active);
}

TEST_P(Buckets, SayThatWhatIsChangedIsMissingOrTaken) {
    AddBucket("first");
    auto second = AddBucket("second");
    const auto update = [&](const Bucket& bucket) {
        return Refused([&](Transaction& transaction) { return transaction.buckets.Update(bucket); });
    };
    second.name = "first";
    EXPECT_EQ(update(second), ErrorCode::kConflict);
    EXPECT_EQ(update(MakeBucket(*source_, "third")), ErrorCode::kNotFound);
}

TEST_P(Buckets, AreFoundByIdOrName) {
    const auto bucket = AddBucket("in");
    const auto find = [&](std::string_view text) {
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.buckets.Find(text); });
    };
    EXPECT_EQ(find("in").value().id, bucket.id);
    EXPECT_EQ(find(bucket.id.Value()).value().id, bucket.id);
    EXPECT_EQ(find("out").error().code, ErrorCode::kNotFound);
}

TEST_P(Buckets, AreListedByName) {
    AddBucket("b");
    AddBucket("a");
    const auto all = Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
    ASSERT_EQ(all.size(), 2U);
    EXPECT_EQ(all[0].name, "a");
    EXPECT_EQ(all[1].name, "b");
}

TEST_P(Buckets, AreRemovedOnlyWithoutItems) {
    const auto full = AddBucket("full");
    const auto empty = AddBucket("empty");
    AddItem(full, "a.mp4");
    const auto remove = [&](const BucketId& id) {
        return Refused([&](Transaction& transaction) { return transaction.buckets.Remove(id); });
    };
    EXPECT_EQ(remove(full.id), ErrorCode::kConflict);
    EXPECT_EQ(remove(empty.id), std::nullopt);
    EXPECT_EQ(remove(empty.id), ErrorCode::kNotFound);
    EXPECT_EQ(Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); }).size(), 1U);
}

TEST_P(Buckets, NoteTheEndOfAScan) {
    const auto bucket = AddBucket();
    clock_.Advance(5s);
    Write([&](Transaction& transaction) {
        return transaction.buckets.SetScanned(bucket.id, Now(), "3 files could not be read", false).map([] {
            return 0;
        });
    });
    const auto stored = Stored(bucket.id);
    EXPECT_EQ(stored.last_scan_at, Now());
    EXPECT_EQ(stored.last_scan_note, "3 files could not be read");
    EXPECT_FALSE(stored.first_scan_at);
}

TEST_P(Buckets, KeepWhenAScanFirstSawAllOfThem) {
    const auto bucket = AddBucket();
    const auto note_scan = [&](bool whole) {
        clock_.Advance(5s);
        Write([&](Transaction& transaction) {
            return transaction.buckets.SetScanned(bucket.id, Now(), "", whole).map([] { return 0; });
        });
        return Stored(bucket.id).first_scan_at;
    };
    EXPECT_EQ(note_scan(false), std::nullopt);
    const auto first = note_scan(true);
    EXPECT_EQ(first, Now());
    EXPECT_EQ(note_scan(true), first);
    EXPECT_EQ(note_scan(false), first);
    EXPECT_EQ(
        Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); }).at(0).first_scan_at, first
    );
}

TEST_P(Buckets, RememberWhatWeWroteIntoThem) {
    const auto bucket = AddBucket("in");
    const auto other = AddBucket("other");
    const std::string key("odd\0\xff name", 10);
    for (int i = 0; i < 2; ++i) {
        Write([&](Transaction& transaction) {
            return transaction.buckets.NoteOwnObject(bucket.id, key, Now());
        });
    }
    const auto own = [&](const BucketId& id, std::string_view name) {
        return Read([&](const Snapshot& snapshot) { return snapshot.buckets.IsOwnObject(id, name); });
    };
    EXPECT_TRUE(own(bucket.id, key));
    EXPECT_FALSE(own(bucket.id, key.substr(0, 4)));
    EXPECT_FALSE(own(other.id, key));
}

TEST_P(Buckets, TellWhatWeWroteIntoARangeOfKeys) {
    const auto bucket = AddBucket("in");
    const auto other = AddBucket("other");
    const auto note = [&](const Bucket& of, std::string_view key) {
        Write([&](Transaction& transaction) { return transaction.buckets.NoteOwnObject(of.id, key, Now()); });
    };
    for (const auto* key : {"c", "a", "b\xff", "b"}) {
        note(bucket, key);
    }
    note(other, "b/other");
    const auto own = [&](const KeyRange& range, int limit = 9) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.buckets.OwnObjectsBetween(bucket.id, range, limit);
        });
    };
    using Keys = std::vector<std::string>;
    EXPECT_EQ(own({}), (Keys{"a", "b", "b\xff", "c"}));
    EXPECT_EQ(own({.after = "a", .through = "b\xff"}), (Keys{"b", "b\xff"}));
    EXPECT_EQ(own({.after = "a"}, 2), (Keys{"b", "b\xff"}));
    EXPECT_EQ(own({.after = "a", .through = "z"}, 1), (Keys{"b"}));
    EXPECT_TRUE(own({.after = "c"}).empty());
}

TEST_P(Buckets, KnowWhatWeWroteIntoPlacesForResultsWhetherTheyWatchThemYetOrNot) {
    const std::string key("odd \0\xff.csv", 10);
    source_ = AddSource();
    const auto note = [&](std::string_view place, std::string_view name) {
        Write([&](Transaction& transaction) {
            return transaction.buckets.NoteOwnResult(source_->id, place, name, Now());
        });
    };
    const auto own = [&](const Bucket& bucket, std::string_view name) {
        return Read([&](const Snapshot& snapshot) { return snapshot.buckets.IsOwnObject(bucket.id, name); });
    };
    const auto add = [&](const std::string& name, const std::string& location) {
        auto bucket = MakeBucket(*source_, name);
        bucket.location = location;
        Write([&](Transaction& transaction) { return transaction.buckets.Add(bucket); });
        return bucket;
    };
    const auto before = add("before", "/media");
    const auto apart = add("apart", "/media/res");
    note("/media/results", "in/" + key);
    note("/media/results", "in/" + key);
    const auto after = add("after", "/media/results");
    EXPECT_TRUE(own(before, "results/in/" + key));
    EXPECT_TRUE(own(after, "in/" + key));
    EXPECT_FALSE(own(after, key));
    EXPECT_FALSE(own(apart, "in/" + key));
    const auto known = [&](std::string_view place, std::string_view name) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.buckets.IsOwnResult(source_->id, place, name);
        });
    };
    EXPECT_TRUE(known("/media/results", "in/" + key));
    EXPECT_FALSE(known("/media/results", "in/"));
    EXPECT_FALSE(known("/media", key));
}

TEST_P(Buckets, OfAStoreSeeResultsUnderTheirWholeKeys) {
    Source store{
        .id = SourceId(MakeId("src")), .kind = "s3", .name = "store", .config = "{}", .created_at = Now()
    };
    auto before = MakeBucket(store, "before");
    before.location = "results/inbox/";
    auto other = MakeBucket(store, "other");
    other.location = "results-2";
    auto after = MakeBucket(store, "after");
    after.location = "results";
    Write([&](Transaction& transaction) {
        return transaction.sources.Add(store)
            .and_then([&] { return transaction.buckets.Add(before); })
            .and_then([&] { return transaction.buckets.Add(other); })
            .and_then([&] {
                return transaction.buckets.NoteOwnResult(store.id, "results", "inbox/a.csv", Now());
            })
            .and_then([&] { return transaction.buckets.Add(after); });
    });
    const auto own = [&](const Bucket& bucket) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.buckets.IsOwnObject(bucket.id, "inbox/a.csv");
        });
    };
    EXPECT_TRUE(own(before));
    EXPECT_TRUE(own(after));
    EXPECT_FALSE(own(other));
}

}  // namespace

}  // namespace notify::testing
