#include <set>

#include "conformance/fixture.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class Items : public Conformance {
protected:
    Page<Item> List(const ItemFilter& filter, const PageRequest& page = {}) {
        return Read([&](const Snapshot& snapshot) { return snapshot.items.List(filter, page); });
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Items, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Items, KeepEverything) {
    auto item = MakeItem(AddBucket(), "a.mp4", "7-12");
    item.size_bytes = 5'000'000'000;
    item.media_type = "video/mp4";
    item.content_sha256 = "abc";
    item.status = Status::kSkipped;
    item.blocked_by = BlockedBy::kNothing;
    item.reason_code = "no_video";
    item.reason = "it has no pictures";
    item.resolving_since = Now() + 3ms;
    item.removed_at = Now() + 9ms;
    item.state_version = 4;
    Write([&](Transaction& transaction) { return transaction.items.AddIfNew(item); });
    const auto stored = Stored(item.id);
    EXPECT_EQ(stored.bucket_id, item.bucket_id);
    EXPECT_EQ(stored.key, "a.mp4");
    EXPECT_EQ(stored.version, "7-12");
    EXPECT_EQ(stored.size_bytes, 5'000'000'000U);
    EXPECT_EQ(stored.modified_at, item.modified_at);
    EXPECT_EQ(stored.media_type, "video/mp4");
    EXPECT_EQ(stored.content_sha256, "abc");
    EXPECT_EQ(stored.status, Status::kSkipped);
    EXPECT_EQ(stored.since, item.since);
    EXPECT_EQ(stored.blocked_by, BlockedBy::kNothing);
    EXPECT_EQ(stored.reason_code, "no_video");
    EXPECT_EQ(stored.reason, "it has no pictures");
    EXPECT_EQ(stored.discovered_at, item.discovered_at);
    EXPECT_EQ(stored.resolving_since, item.resolving_since);
    EXPECT_EQ(stored.removed_at, item.removed_at);
    EXPECT_EQ(stored.state_version, 4);
}

TEST_P(Items, AreAddedOnceForEachVersion) {
    const auto bucket = AddBucket();
    const auto add = [&](const Item& item) {
        return Write([&](Transaction& transaction) { return transaction.items.AddIfNew(item); });
    };
    EXPECT_TRUE(add(MakeItem(bucket, "a.mp4", "1")));
    EXPECT_FALSE(add(MakeItem(bucket, "a.mp4", "1")));
    EXPECT_TRUE(add(MakeItem(bucket, "a.mp4", "2")));
    EXPECT_TRUE(add(MakeItem(AddBucket("other"), "a.mp4", "1")));
    EXPECT_EQ(List({}).rows.size(), 3U);
}

TEST_P(Items, AreAddedAgainForAVersionThatComesBack) {
    const auto bucket = AddBucket();
    const auto add = [&](const Item& item) {
        return Write([&](Transaction& transaction) { return transaction.items.AddIfNew(item); });
    };
    const auto newest = [&] {
        return Read([&](const Snapshot& snapshot) { return snapshot.items.Newest(bucket.id, "a.mp4"); })->id;
    };
    EXPECT_TRUE(add(MakeItem(bucket, "a.mp4", "1")));
    const auto second = MakeItem(bucket, "a.mp4", "2");
    EXPECT_TRUE(add(second));
    EXPECT_EQ(newest(), second.id);
    const auto again = MakeItem(bucket, "a.mp4", "1");
    EXPECT_TRUE(add(again));
    EXPECT_EQ(newest(), again.id);
    EXPECT_FALSE(add(MakeItem(bucket, "a.mp4", "1")));
}

TEST_P(Items, AreAddedAgainWhenTheirVersionWasTakenForReplaced) {
    const auto bucket = AddBucket();
    auto item = AddItem(bucket, "a.mp4");
    item.status = Status::kSkipped;
    item.reason_code = "no_video";
    Write([&](Transaction& transaction) { return transaction.items.SetStatus(item); });
    const auto add = [&] {
        auto again = MakeItem(bucket, "a.mp4", item.version);
        return Write([&](Transaction& transaction) { return transaction.items.AddIfNew(again); });
    };
    EXPECT_FALSE(add());
    item.reason_code = "superseded";
    Write([&](Transaction& transaction) { return transaction.items.SetStatus(item); });
    EXPECT_TRUE(add());
    EXPECT_FALSE(add());
}

TEST_P(Items, AreAddedAgainWhenTheyHadBeenRemoved) {
    const auto bucket = AddBucket();
    const auto item = AddItem(bucket, "a.mp4");
    const auto add = [&] {
        return Write([&](Transaction& transaction) {
            return transaction.items.AddIfNew(MakeItem(bucket, "a.mp4", item.version));
        });
    };
    EXPECT_EQ(add(), 0);
    Write([&](Transaction& transaction) { return transaction.items.SetRemoved(item.id, Now() + 1s); });
    EXPECT_EQ(Stored(item.id).removed_at, Now() + 1s);
    EXPECT_EQ(add(), 2);
    EXPECT_EQ(add(), 0);
    EXPECT_EQ(
        Refused([&](Transaction& transaction) {
            return transaction.items.SetRemoved(ItemId("itm_none"), Now());
        }),
        ErrorCode::kNotFound
    );
}

TEST_P(Items, TellWhatIsNewestAtTheKeysOfARange) {
    const auto bucket = AddBucket();
    AddItem(AddBucket("other"), "b");
    AddItem(bucket, "b");
    const auto newer = MakeItem(bucket, "b", "2");
    Write([&](Transaction& transaction) { return transaction.items.AddIfNew(newer); });
    for (const auto* key : {"d", "a", "c", "b\xff", "b/c"}) {
        AddItem(bucket, key);
    }
    const auto keys = [&](const KeyRange& range, int limit = 100) {
        const auto items = Read([&](const Snapshot& snapshot) {
            return snapshot.items.NewestBetween(bucket.id, range, limit);
        });
        std::vector<std::string> found;
        for (const auto& item : items) {
            found.push_back(item.key + item.version);
        }
        return found;
    };
    using Keys = std::vector<std::string>;
    EXPECT_EQ(
        keys({}),
        (Keys{
            "a1",
            "b2",
            "b/c1",
            "b\xff"
            "1",
            "c1",
            "d1"
        })
    );
    EXPECT_EQ(
        keys({.after = "a", .through = "c"}),
        (Keys{
            "b2",
            "b/c1",
            "b\xff"
            "1",
            "c1"
        })
    );
    EXPECT_EQ(
        keys({.after = "b"}, 2),
        (Keys{
            "b/c1",
            "b\xff"
            "1"
        })
    );
    EXPECT_EQ(keys({.after = "a", .through = "z"}, 1), (Keys{"b2"}));
    EXPECT_TRUE(keys({.after = "d"}).empty());
    EXPECT_TRUE(keys({.after = "a", .through = "a"}).empty());
}

TEST_P(Items, HaveKeysOfAnyBytes) {
    const auto bucket = AddBucket();
    const std::string odd("\xff\xfe\0\x80z", 5);
    const auto item = AddItem(bucket, odd);
    AddItem(bucket, odd.substr(0, 2));
    EXPECT_EQ(Stored(item.id).key, odd);
    const auto found = Read([&](const Snapshot& snapshot) { return snapshot.items.Newest(bucket.id, odd); });
    ASSERT_TRUE(found);
    EXPECT_EQ(found->id, item.id);
}

TEST_P(Items, SayThatOneIsMissing) {
    const auto found =
        storage_->Read([](const Snapshot& snapshot) { return snapshot.items.Get(ItemId("itm_none")); });
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
    EXPECT_NE(found.error().message.find("itm_none"), std::string::npos);
    const auto bucket = AddBucket();
    EXPECT_FALSE(Read([&](const Snapshot& snapshot) { return snapshot.items.Newest(bucket.id, "a"); }));
}

TEST_P(Items, KnowTheLiveVersionsOfAKey) {
    const auto bucket = AddBucket();
    auto newest = MakeItem(bucket, "a", "3");
    auto waiting = MakeItem(bucket, "a", "2");
    auto ended = MakeItem(bucket, "a", "1");
    ended.status = Status::kCompleted;
    auto other = MakeItem(bucket, "b", "1");
    for (const auto* item : {&newest, &waiting, &ended, &other}) {
        Write([&](Transaction& transaction) { return transaction.items.AddIfNew(*item); });
    }
    const auto live = Read([&](const Snapshot& snapshot) {
        return snapshot.items.LiveVersions(bucket.id, "a", newest.id);
    });
    ASSERT_EQ(live.size(), 1U);
    EXPECT_EQ(live[0].id, waiting.id);
}

TEST_P(Items, AreListedNewestFirstPageByPage) {
    const auto bucket = AddBucket();
    std::set<std::string> added;
    for (int i = 0; i < 7; ++i) {
        added.insert(AddItem(bucket, "clip " + std::to_string(i)).id.Value());
    }
    std::vector<std::string> seen;
    PageRequest request{.after = {}, .limit = 3};
    std::vector<std::size_t> sizes;
    do {
        const auto page = List({}, request);
        sizes.push_back(page.rows.size());
        for (const auto& item : page.rows) {
            seen.push_back(item.id.Value());
        }
        request.after = page.next;
    } while (!request.after.empty());
    EXPECT_EQ(sizes, (std::vector<std::size_t>{3, 3, 1}));
    EXPECT_EQ(std::vector<std::string>(added.rbegin(), added.rend()), seen);
}

TEST_P(Items, AreListedOldestFirstWhenThatIsAskedFor) {
    const auto bucket = AddBucket();
    std::vector<std::string> added;
    for (int i = 0; i < 5; ++i) {
        added.push_back(AddItem(bucket, "clip " + std::to_string(i)).id.Value());
    }
    for (const auto& filter :
         {ItemFilter{.oldest_first = true},
          ItemFilter{.bucket_id = bucket.id, .status = Status::kPending, .oldest_first = true}}) {
        std::vector<std::string> seen;
        PageRequest request{.after = {}, .limit = 2};
        do {
            const auto page = List(filter, request);
            for (const auto& item : page.rows) {
                seen.push_back(item.id.Value());
            }
            request.after = page.next;
        } while (!request.after.empty());
        EXPECT_EQ(seen, added);
    }
}

TEST_P(Items, HaveNoEmptyLastPage) {
    const auto bucket = AddBucket();
    AddItem(bucket, "a");
    AddItem(bucket, "b");
    EXPECT_TRUE(List({}, {.after = {}, .limit = 2}).next.empty());
}

TEST_P(Items, AreFiltered) {
    const auto bucket = AddBucket("in");
    const auto other = AddBucket("other");
    const auto clip = AddItem(bucket, "day/clip_1%.mp4");
    AddItem(bucket, "day/still.jpg");
    auto done = MakeItem(other, "clip.mp4");
    done.status = Status::kCompleted;
    Write([&](Transaction& transaction) { return transaction.items.AddIfNew(done); });
    EXPECT_EQ(List({.bucket_id = bucket.id, .status = {}, .key_contains = {}}).rows.size(), 2U);
    const auto completed = List({.bucket_id = {}, .status = Status::kCompleted, .key_contains = {}}).rows;
    ASSERT_EQ(completed.size(), 1U);
    EXPECT_EQ(completed[0].id, done.id);
    const auto named = List({.bucket_id = {}, .status = {}, .key_contains = "p_1%"}).rows;
    ASSERT_EQ(named.size(), 1U);
    EXPECT_EQ(named[0].id, clip.id);
    EXPECT_TRUE(List({.bucket_id = bucket.id, .status = Status::kFailed, .key_contains = {}}).rows.empty());
}

TEST_P(Items, AreCountedByStatus) {
    const auto bucket = AddBucket("in");
    AddItem(bucket, "a");
    AddItem(bucket, "b");
    const auto other = AddBucket("other");
    auto failed = MakeItem(other, "c");
    failed.status = Status::kFailed;
    Write([&](Transaction& transaction) { return transaction.items.AddIfNew(failed); });
    const auto count = [&](const BucketId& id) {
        return Read([&](const Snapshot& snapshot) { return snapshot.items.CountByStatus(id); });
    };
    EXPECT_EQ(count(other.id), (std::map<Status, std::int64_t>{{Status::kFailed, 1}}));
    EXPECT_EQ(count(bucket.id), (std::map<Status, std::int64_t>{{Status::kPending, 2}}));
}

TEST_P(Items, RaiseTheirVersionWithEachChangeOfStatus) {
    auto item = AddItem(AddBucket(), "a");
    item.blocked_by = BlockedBy::kBucketInactive;
    const auto set = [&] {
        Write([&](Transaction& transaction) { return transaction.items.SetStatus(item); });
    };
    set();
    EXPECT_EQ(Stored(item.id).state_version, 0);
    EXPECT_EQ(Stored(item.id).blocked_by, BlockedBy::kBucketInactive);
    item.status = Status::kFailed;
    item.since = Now() + 1s;
    item.blocked_by = BlockedBy::kNothing;
    item.reason_code = "truncated";
    item.reason = "it ends too early";
    item.resolving_since = Now();
    set();
    const auto stored = Stored(item.id);
    EXPECT_EQ(stored.state_version, 1);
    EXPECT_EQ(stored.status, Status::kFailed);
    EXPECT_EQ(stored.since, item.since);
    EXPECT_EQ(stored.reason_code, "truncated");
    EXPECT_EQ(stored.reason, "it ends too early");
    EXPECT_EQ(stored.resolving_since, Now());
}

TEST_P(Items, RefuseAStatusOfOneThatIsMissing) {
    const auto item = MakeItem(AddBucket(), "a");
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.items.SetStatus(item); }),
        ErrorCode::kNotFound
    );
}

TEST_P(Items, LearnWhatTheirBytesAre) {
    const auto item = AddItem(AddBucket(), "a");
    const auto set = [&](std::string_view type, std::string_view sha256) {
        Write([&](Transaction& transaction) { return transaction.items.SetContent(item.id, type, sha256); });
    };
    set("video/mp4", "");
    set("", "abc");
    EXPECT_EQ(Stored(item.id).media_type, "video/mp4");
    EXPECT_EQ(Stored(item.id).content_sha256, "abc");
}

TEST_P(Items, RememberTheLast200Changes) {
    const auto item = AddItem(AddBucket(), "a");
    Write([&](Transaction& transaction) -> Result<void> {
        for (int i = 0; i < 205; ++i) {
            const ItemChange change{
                .at = Now() + std::chrono::milliseconds(i),
                .status = Status::kFailed,
                .process_id = ProcessId("prc_1"),
                .attempt = i,
                .reason_code = "code",
                .reason = "sentence"
            };
            if (auto added = transaction.items.AddChange(item.id, change); !added) {
                return added;
            }
        }
        return {};
    });
    const auto history = Read([&](const Snapshot& snapshot) { return snapshot.items.History(item.id); });
    ASSERT_EQ(history.size(), 200U);
    EXPECT_EQ(history.front().attempt, 5);
    EXPECT_EQ(history.back().attempt, 204);
    EXPECT_EQ(history.back().at, Now() + 204ms);
    EXPECT_EQ(history.back().status, Status::kFailed);
    EXPECT_EQ(history.back().process_id, ProcessId("prc_1"));
    EXPECT_EQ(history.back().reason_code, "code");
    EXPECT_EQ(history.back().reason, "sentence");
}

TEST_P(Items, RememberWhichBytesAKeyWas) {
    const auto bucket = AddBucket();
    const auto alias = [&](std::string_view key, std::string_view version) {
        return Read([&](const Snapshot& snapshot) { return snapshot.items.Alias(bucket.id, key, version); });
    };
    EXPECT_EQ(alias("a\xff", "1"), std::nullopt);
    for (const auto* sha256 : {"first", "second"}) {
        Write([&](Transaction& transaction) {
            return transaction.items.SetAlias(bucket.id, "a\xff", "1", sha256);
        });
    }
    EXPECT_EQ(alias("a\xff", "1"), "second");
    EXPECT_EQ(alias("a\xff", "2"), std::nullopt);
}

}  // namespace

}  // namespace notify::testing
