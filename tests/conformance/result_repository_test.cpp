#include <map>
#include <vector>

#include "conformance/fixture.hpp"
#include "support/people.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class Results : public Conformance {
protected:
    void PutRow(std::string_view sha256, std::string_view bytes) {
        Write([&](Transaction& transaction) { return transaction.results.PutArtifactRow(sha256, bytes); });
    }

    std::optional<std::string> Row(std::string_view sha256) {
        return Read([&](const Snapshot& snapshot) { return snapshot.results.ArtifactRow(sha256); });
    }

    bool IsReferenced(std::string_view sha256) {
        return Read([&](const Snapshot& snapshot) { return snapshot.results.IsReferenced(sha256); });
    }

    int RemoveOrphans() {
        Write([](Transaction& transaction) { return transaction.results.ForgetReleased(); });
        const auto found = Read([](const Snapshot& snapshot) { return snapshot.results.OrphanRows(100); });
        return Write([&](Transaction& transaction) { return transaction.results.RemoveOrphanRows(found); });
    }
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Results, ::testing::ValuesIn(Databases()), DatabaseName);

TEST_P(Results, KeepEverything) {
    auto result = MakeResult("lineage");
    result.document = R"({"faces":[{"ü":0.5}]})";
    result.media_type = "video/mp4";
    result.model_digest = "models";
    result.config_hash = "configuration";
    result.embedding_model = "weights";
    result.artifacts = {
        {.name = "track-1.jpg", .media_type = "image/jpeg", .sha256 = "aa", .size_bytes = 5'000'000'000},
        {.name = "embeddings",
         .media_type = "application/octet-stream",
         .sha256 = "bb",
         .size_bytes = 9,
         .sealed = true}
    };
    Write([&](Transaction& transaction) { return transaction.results.AddOrGet(result); });
    const auto stored = Read([&](const Snapshot& snapshot) { return snapshot.results.Get(result.id); });
    EXPECT_EQ(stored.id, result.id);
    EXPECT_EQ(stored.lineage_key, "lineage");
    EXPECT_EQ(stored.content_sha256, result.content_sha256);
    EXPECT_EQ(stored.media_type, "video/mp4");
    EXPECT_EQ(stored.processor, "checksum");
    EXPECT_EQ(stored.processor_version, "1");
    EXPECT_EQ(stored.model_digest, "models");
    EXPECT_EQ(stored.config_hash, "configuration");
    EXPECT_EQ(stored.embedding_model, "weights");
    EXPECT_EQ(stored.document, result.document);
    EXPECT_EQ(stored.created_at, result.created_at);
    ASSERT_EQ(stored.artifacts.size(), 2U);
    const auto& embeddings =
        stored.artifacts[0].name == "embeddings" ? stored.artifacts[0] : stored.artifacts[1];
    const auto& picture =
        stored.artifacts[0].name == "embeddings" ? stored.artifacts[1] : stored.artifacts[0];
    EXPECT_TRUE(embeddings.sealed);
    EXPECT_EQ(embeddings.sha256, "bb");
    EXPECT_FALSE(picture.sealed);
    EXPECT_EQ(picture.media_type, "image/jpeg");
    EXPECT_EQ(picture.size_bytes, 5'000'000'000U);
}

TEST_P(Results, AreStoredOnceForEachLineage) {
    const auto first = AddResult("lineage");
    auto second = MakeResult("lineage");
    second.document = "{}";
    second.artifacts = {{.name = "a", .media_type = "b", .sha256 = "cc", .size_bytes = 1}};
    EXPECT_EQ(
        Write([&](Transaction& transaction) { return transaction.results.AddOrGet(second); }), first.id
    );
    const auto stored =
        Read([&](const Snapshot& snapshot) { return snapshot.results.FindByLineage("lineage"); });
    ASSERT_TRUE(stored);
    EXPECT_EQ(stored->document, first.document);
    EXPECT_TRUE(stored->artifacts.empty());
    EXPECT_FALSE(Read([](const Snapshot& snapshot) { return snapshot.results.FindByLineage("other"); }));
}

TEST_P(Results, SayThatOneIsMissing) {
    const auto found =
        storage_->Read([](const Snapshot& snapshot) { return snapshot.results.Get(ResultId("res_none")); });
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ErrorCode::kNotFound);
}

TEST_P(Results, KeepSmallArtifactsAsRows) {
    std::string bytes(200'000, '\0');
    bytes[7] = '\xff';
    EXPECT_EQ(Row("aa"), std::nullopt);
    PutRow("aa", bytes);
    PutRow("aa", bytes);
    PutRow("empty", "");
    EXPECT_EQ(Row("aa"), bytes);
    EXPECT_EQ(Row("empty"), "");
}

TEST_P(Results, KnowInWhichBucketsTheyAre) {
    const auto bucket = AddBucket("one");
    AddProcess(AddItem(bucket, "a"));
    AddProcess(AddItem(AddBucket("another"), "b"));
    std::map<BucketId, ResultId> results;
    for (const auto& claim : Claim(2)) {
        const auto& process = claim.processes.at(0);
        ASSERT_TRUE(Finish(process, Status::kCompleted));
        results[process.bucket_id] =
            Read([&](const Snapshot& snapshot) { return snapshot.processes.Get(process.id); }).result_id;
    }
    ASSERT_EQ(results.size(), 2U);
    const auto where = [&](const ResultId& id) {
        return Read([&](const Snapshot& snapshot) { return snapshot.results.BucketsWith(id); });
    };
    EXPECT_EQ(where(results.at(bucket.id)), std::vector{bucket.id});
    EXPECT_TRUE(where(ResultId("res_none")).empty());
}

TEST_P(Results, KnowWhichBytesAreReferredTo) {
    auto result = MakeResult("lineage");
    result.artifacts = {{.name = "a", .media_type = "b", .sha256 = "of result", .size_bytes = 1}};
    Write([&](Transaction& transaction) { return transaction.results.AddOrGet(result); });
    EnrolmentPhoto photo;
    photo.id = PhotoId("pho_1");
    photo.person_id = AddPerson("Ada").id;
    photo.crop_sha256 = "of photo";
    Write([&](Transaction& transaction) { return testing::AddPhoto(transaction, photo); });
    PutRow("of nobody", "x");
    EXPECT_TRUE(IsReferenced("of result"));
    EXPECT_TRUE(IsReferenced("of photo"));
    EXPECT_FALSE(IsReferenced("of nobody"));
}

TEST_P(Results, RemoveRowsNobodyRefersToAfterAnHour) {
    auto result = MakeResult("lineage");
    result.artifacts = {{.name = "a", .media_type = "b", .sha256 = "kept", .size_bytes = 1}};
    Write([&](Transaction& transaction) { return transaction.results.AddOrGet(result); });
    PutRow("kept", "x");
    PutRow("orphan", "y");
    PutRow("young again", "z");
    EXPECT_EQ(RemoveOrphans(), 0);
    clock_.Advance(61min);
    PutRow("young again", "z");
    EXPECT_EQ(RemoveOrphans(), 1);
    EXPECT_EQ(Row("kept"), "x");
    EXPECT_EQ(Row("orphan"), std::nullopt);
    EXPECT_EQ(Row("young again"), "z");
}

}  // namespace

}  // namespace notify::testing
