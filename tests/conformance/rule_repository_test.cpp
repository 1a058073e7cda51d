#include "storage/rule_repository.hpp"

#include "conformance/fixture.hpp"
#include "domain/rule.hpp"

namespace notify::testing {

namespace {

class Rules : public Conformance {
protected:
    [[nodiscard]] Rule MakeRule(const Bucket& bucket, std::string id) const {
        Rule rule;
        rule.id = RuleId(std::move(id));
        rule.bucket_id = bucket.id;
        rule.processor = "checksum";
        rule.config = "{}";
        rule.config_hash = "h";
        rule.created_at = Now();
        rule.changed_at = Now();
        return rule;
    }

    void Add(const Rule& rule) {
        Write([&](Transaction& transaction) { return transaction.rules.Add(rule); });
    }

    std::vector<std::string> Ids(const BucketId& bucket) {
        std::vector<std::string> ids;
        for (const auto& rule :
             Read([&](const Snapshot& snapshot) { return snapshot.rules.OfBucket(bucket); })) {
            ids.push_back(rule.id.Value());
        }
        return ids;
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Rules, ::testing::ValuesIn(Databases()), DatabaseName);

using Ids = std::vector<std::string>;

TEST_P(Rules, KeepEverythingOfARule) {
    auto rule = MakeRule(AddBucket(), "rul_1");
    rule.media_types = {"video/*", "image/jpeg"};
    rule.path_glob = "a \"b\"/**";
    rule.config = R"({"a":1})";
    rule.priority = -3;
    rule.enabled = false;
    rule.biometric_basis = "consent, 2026";
    rule.changed_at = Now() + std::chrono::seconds(5);
    Add(rule);
    const auto stored = Read([&](const Snapshot& snapshot) { return snapshot.rules.Get(rule.id); });
    EXPECT_EQ(stored.bucket_id, rule.bucket_id);
    EXPECT_TRUE(stored.source_id.IsEmpty());
    EXPECT_EQ(stored.media_types, rule.media_types);
    EXPECT_EQ(stored.path_glob, rule.path_glob);
    EXPECT_EQ(stored.processor, "checksum");
    EXPECT_EQ(stored.config, rule.config);
    EXPECT_EQ(stored.config_hash, "h");
    EXPECT_EQ(stored.priority, -3);
    EXPECT_FALSE(stored.enabled);
    EXPECT_EQ(stored.biometric_basis, rule.biometric_basis);
    EXPECT_EQ(stored.created_at, rule.created_at);
    EXPECT_EQ(stored.changed_at, rule.changed_at);
}

TEST_P(Rules, OfABucketAreItsOwnAndThoseOfItsSourceByPriority) {
    const auto first = AddBucket("first");
    const auto second = AddBucket("second");
    auto low = MakeRule(first, "rul_1");
    auto high = MakeRule(first, "rul_2");
    high.priority = 9;
    auto wide = MakeRule(first, "rul_3");
    wide.bucket_id = BucketId();
    wide.source_id = first.source_id;
    Add(low);
    Add(high);
    Add(wide);
    EXPECT_EQ(Ids(first.id), (notify::testing::Ids{"rul_2", "rul_1", "rul_3"}));
    EXPECT_EQ(Ids(second.id), (notify::testing::Ids{"rul_3"}));
    EXPECT_EQ(Read([](const Snapshot& snapshot) { return snapshot.rules.List(); }).size(), 3U);
}

TEST_P(Rules, AreReplacedInTheirPlace) {
    const auto bucket = AddBucket("first");
    auto rule = MakeRule(bucket, "rul_1");
    Add(rule);
    rule.bucket_id = AddBucket("second").id;
    rule.processor = "facial-recognition";
    rule.enabled = false;
    Write([&](Transaction& transaction) { return transaction.rules.Update(rule); });
    const auto stored = Read([&](const Snapshot& snapshot) { return snapshot.rules.Get(rule.id); });
    EXPECT_EQ(stored.processor, "facial-recognition");
    EXPECT_FALSE(stored.enabled);
    EXPECT_EQ(stored.bucket_id, bucket.id) << "a rule does not move";
}

TEST_P(Rules, GoWithTheirBucket) {
    const auto bucket = AddBucket();
    Add(MakeRule(bucket, "rul_1"));
    Write([&](Transaction& transaction) { return transaction.buckets.Remove(bucket.id); });
    EXPECT_TRUE(Read([](const Snapshot& snapshot) { return snapshot.rules.List(); }).empty());
}

TEST_P(Rules, SayThatTheyOrTheirPlaceAreMissing) {
    const auto bucket = AddBucket();
    const auto gone = MakeRule(bucket, "rul_1");
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.rules.Update(gone); }),
        ErrorCode::kNotFound
    );
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.rules.Remove(gone.id); }),
        ErrorCode::kNotFound
    );
    auto nowhere = gone;
    nowhere.bucket_id = BucketId("bkt_none");
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.rules.Add(nowhere); }),
        ErrorCode::kNotFound
    );
    const auto found =
        storage_->Read([&](const Snapshot& snapshot) { return snapshot.rules.Get(RuleId("rul_none")); });
    ASSERT_FALSE(found);
    EXPECT_NE(found.error().message.find("rul_none"), std::string::npos);
}

TEST_P(Rules, AreNotedInTheProcessesTheyChose) {
    const auto item = AddItem(AddBucket(), "a.mp4");
    auto process = MakeProcess(item);
    process.rule_id = RuleId("rul_1");
    process.media_types = {"video/*"};
    Write([&](Transaction& transaction) { return transaction.processes.Add(process); });
    EXPECT_EQ(Stored(process.id).rule_id, process.rule_id);
    EXPECT_EQ(Claim(1).at(0).processes.at(0).media_types, process.media_types);
}

}  // namespace

}  // namespace notify::testing
