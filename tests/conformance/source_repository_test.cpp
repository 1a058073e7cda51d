#include "storage/source_repository.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>

#include "conformance/fixture.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

class Sources : public Conformance {
protected:
    std::int64_t Give(const SourceId& source, const std::string& access_key) {
        std::int64_t number = 0;
        Write([&](Transaction& transaction) {
            return transaction.sources
                .AddSecret({
                    .source_id = source,
                    .access_key = access_key,
                    .sealed = std::string("\0sealed", 7),
                    .expires_at = Now() + 24h,
                    .added_at = Now(),
                })
                .map([&](std::int64_t given) { number = given; });
        });
        return number;
    }

    std::vector<std::string> KeysOf(const SourceId& source) {
        std::vector<std::string> keys;
        for (const auto& secret :
             Read([&](const Snapshot& snapshot) { return snapshot.sources.Secrets(source); })) {
            keys.push_back(secret.access_key);
        }
        return keys;
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Sources, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Sources, KeepEverythingOfASource) {
    auto source = MakeSource("Länder");
    source.config = R"({"endpoint":"https://a"})";
    source.max_in_flight = 5;
    Write([&](Transaction& transaction) { return transaction.sources.Add(source); });
    const auto stored = Read([&](const Snapshot& snapshot) { return snapshot.sources.Get(source.id); });
    EXPECT_EQ(stored.id, source.id);
    EXPECT_EQ(stored.kind, "local");
    EXPECT_EQ(stored.name, "Länder");
    EXPECT_EQ(stored.config, source.config);
    EXPECT_EQ(stored.max_in_flight, 5);
    EXPECT_EQ(stored.created_at, source.created_at);
}

TEST_P(Sources, RefuseASecondSourceOfOneName) {
    AddSource("disk");
    const auto refused =
        Refused([&](Transaction& transaction) { return transaction.sources.Add(MakeSource("disk")); });
    EXPECT_EQ(refused, ErrorCode::kConflict);
}

TEST_P(Sources, SayThatASourceIsMissing) {
    const auto found =
        storage_->Read([](const Snapshot& snapshot) { return snapshot.sources.Get(SourceId("src_none")); });
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
    EXPECT_NE(found.error().message.find("src_none"), std::string::npos);
}

TEST_P(Sources, AreChangedByIdAndKeepTheirNamesApart) {
    auto source = MakeSource("disk");
    Write([&](Transaction& transaction) { return transaction.sources.Add(source); });
    Write([&](Transaction& transaction) { return transaction.sources.Add(MakeSource("other")); });
    source.name = "archive";
    source.config = R"({"endpoint":"https://b"})";
    Write([&](Transaction& transaction) { return transaction.sources.Update(source); });
    const auto stored = Read([&](const Snapshot& snapshot) { return snapshot.sources.Get(source.id); });
    EXPECT_EQ(stored.name, "archive");
    EXPECT_EQ(stored.config, source.config);
    source.name = "other";
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.sources.Update(source); }),
        ErrorCode::kConflict
    );
    source.id = SourceId("src_none");
    source.name = "free";
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.sources.Update(source); }),
        ErrorCode::kNotFound
    );
}

TEST_P(Sources, AreRemovedWithTheirSecretsWhenNoBucketIsInThem) {
    const auto bucket = AddBucket("in");
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.sources.Remove(bucket.source_id); }),
        ErrorCode::kConflict
    );
    const auto empty = MakeSource("empty");
    Write([&](Transaction& transaction) { return transaction.sources.Add(empty); });
    Give(empty.id, "AK1");
    Write([&](Transaction& transaction) { return transaction.sources.Remove(empty.id); });
    EXPECT_THAT(KeysOf(empty.id), ElementsAre());
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.sources.Remove(empty.id); }),
        ErrorCode::kNotFound
    );
}

TEST_P(Sources, KeepTheTwoNewestSecrets) {
    const auto source = MakeSource("disk");
    const auto other = MakeSource("other");
    Write([&](Transaction& transaction) { return transaction.sources.Add(source); });
    Write([&](Transaction& transaction) { return transaction.sources.Add(other); });
    Give(other.id, "AKother");
    const auto first = Give(source.id, "AK1");
    const auto second = Give(source.id, "AK2");
    EXPECT_GT(second, first);
    EXPECT_THAT(KeysOf(source.id), ElementsAre("AK2", "AK1"));
    const auto third = Give(source.id, "AK3");
    EXPECT_THAT(KeysOf(source.id), ElementsAre("AK3", "AK2"));
    EXPECT_THAT(KeysOf(other.id), ElementsAre("AKother"));
    const auto kept = Read([&](const Snapshot& snapshot) { return snapshot.sources.Secrets(source.id); });
    ASSERT_EQ(kept.size(), 2U);
    EXPECT_EQ(kept[0].number, third);
    EXPECT_EQ(kept[0].sealed, std::string("\0sealed", 7));
    EXPECT_EQ(kept[0].expires_at, Now() + 24h);
    EXPECT_EQ(kept[0].added_at, Now());
    Write([&](Transaction& transaction) { return transaction.sources.RemoveSecret(source.id, third); });
    EXPECT_THAT(KeysOf(source.id), ElementsAre("AK2"));
    EXPECT_EQ(
        Refused([&](Transaction& transaction) { return transaction.sources.RemoveSecret(other.id, second); }),
        ErrorCode::kNotFound
    );
}

}  // namespace

}  // namespace notify::testing
