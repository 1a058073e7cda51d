#include "conformance/fixture.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class Keys : public Conformance {
protected:
    std::optional<ApiKey> Find(const KeyId& id) {
        return Read([&](const Snapshot& snapshot) { return snapshot.keys.FindById(id); });
    }

    ApiKey AddKey(std::string id) {
        const ApiKey key{
            .id = KeyId(std::move(id)),
            .name = "console",
            .secret_sha256 = "abc",
            .scopes = {"read", "write"},
            .sources = {SourceId("src_1"), SourceId("src_2")},
            .buckets = {BucketId("bkt_1")},
            .created_at = Now(),
            .expires_at = Now() + 24h,
            .last_used_at = {},
            .revoked_at = {}
        };
        Write([&](Transaction& transaction) { return transaction.keys.Add(key); });
        return key;
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Keys, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Keys, KeepEverything) {
    const auto key = AddKey("key_1");
    const auto stored = Find(key.id);
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->name, "console");
    EXPECT_EQ(stored->secret_sha256, "abc");
    EXPECT_EQ(stored->scopes, key.scopes);
    EXPECT_EQ(stored->sources, key.sources);
    EXPECT_EQ(stored->buckets, key.buckets);
    EXPECT_EQ(stored->created_at, key.created_at);
    EXPECT_EQ(stored->expires_at, key.expires_at);
    EXPECT_FALSE(stored->last_used_at);
    EXPECT_FALSE(stored->revoked_at);
    EXPECT_FALSE(Find(KeyId("key_none")));
    AddKey("key_2");
    EXPECT_EQ(Read([](const Snapshot& snapshot) { return snapshot.keys.List(); }).size(), 2U);
}

TEST_P(Keys, HaveOneAnswerForEachOfTheirIdempotencyKeys) {
    const KeptAnswer answer{
        .caller = "key_1", .key = "k", .request_sha256 = "d", .status = 0, .body = {}, .at = Now()
    };
    const auto keep = [&](KeptAnswer kept) {
        kept.at = Now();
        return Write([&](Transaction& transaction) {
            return transaction.keys.KeepAnswer(kept, Now() - 24h);
        });
    };
    EXPECT_FALSE(keep(answer));
    EXPECT_EQ(keep(answer)->status, 0);
    auto done = answer;
    done.status = 201;
    done.body = "{}";
    Write([&](Transaction& transaction) { return transaction.keys.SetAnswer(done); });
    const auto kept = keep(answer);
    ASSERT_TRUE(kept);
    EXPECT_EQ(kept->status, 201);
    EXPECT_EQ(kept->body, "{}");
    EXPECT_EQ(kept->request_sha256, "d");
    EXPECT_EQ(kept->at, answer.at);
    auto others = answer;
    others.caller = "key_2";
    EXPECT_FALSE(keep(others));
    Write([&](Transaction& transaction) { return transaction.keys.ForgetAnswer("key_2", "k"); });
    EXPECT_FALSE(keep(others));
    clock_.Advance(24h);
    EXPECT_TRUE(keep(answer));
    clock_.Advance(1ms);
    EXPECT_FALSE(keep(answer));
}

TEST_P(Keys, AreRevokedAtTheFirstMoment) {
    const auto key = AddKey("key_1");
    const auto first = Now();
    const auto revoke = [&](const KeyId& id) {
        return Refused([&](Transaction& transaction) { return transaction.keys.Revoke(id, Now()); });
    };
    EXPECT_EQ(revoke(key.id), std::nullopt);
    clock_.Advance(5s);
    EXPECT_EQ(revoke(key.id), std::nullopt);
    EXPECT_EQ(Find(key.id)->revoked_at, first);
    EXPECT_EQ(revoke(KeyId("key_none")), ErrorCode::kNotFound);
}

TEST_P(Keys, NoteWhenTheyWereUsed) {
    const auto key = AddKey("key_1");
    clock_.Advance(5s);
    Write([&](Transaction& transaction) { return transaction.keys.SetUsed(key.id, Now()); });
    EXPECT_EQ(Find(key.id)->last_used_at, Now());
}

TEST_P(Keys, LeaveAnAuditNewestFirst) {
    for (int i = 0; i < 5; ++i) {
        const AuditEntry entry{
            .at = Now() + std::chrono::milliseconds(i),
            .actor = "key_1",
            .action = "person.enrol",
            .subject = "per_" + std::to_string(i),
            .detail = R"({"photos":2})"
        };
        Write([&](Transaction& transaction) { return transaction.keys.AddAudit(entry); });
    }
    const auto page = [&](const std::string& after, int limit) {
        return Read([&](const Snapshot& snapshot) {
            return snapshot.keys.Audit({.after = after, .limit = limit});
        });
    };
    const auto first = page("", 3);
    ASSERT_EQ(first.rows.size(), 3U);
    EXPECT_EQ(first.rows[0].subject, "per_4");
    EXPECT_EQ(first.rows[0].at, Now() + 4ms);
    EXPECT_EQ(first.rows[0].actor, "key_1");
    EXPECT_EQ(first.rows[0].action, "person.enrol");
    EXPECT_EQ(first.rows[0].detail, R"({"photos":2})");
    const auto second = page(first.next, 2);
    ASSERT_EQ(second.rows.size(), 2U);
    EXPECT_EQ(second.rows[1].subject, "per_0");
    EXPECT_TRUE(second.next.empty());
}

}  // namespace

}  // namespace notify::testing
