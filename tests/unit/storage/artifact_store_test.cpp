#include "storage/artifact_store.hpp"

#include <fstream>
#include <optional>
#include <thread>

#include <sys/stat.h>

#include "conformance/fixture.hpp"
#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/random.hpp"
#include "storage/orphan_collector.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

class Artifacts : public Conformance {
protected:
    Artifacts() : store_(*storage_, *box_, folder_ / "artifacts") {}

    /// Prepares and commits it with a result that refers to it.
    ArtifactRef Keep(const std::string& bytes, bool sealed, const std::string& lineage = "lineage") {
        const auto prepared = Prepare(bytes, sealed);
        auto result = MakeResult(lineage);
        result.artifacts = {prepared.ref};
        Write([&](Transaction& transaction) -> Result<void> {
            if (auto written = prepared.Commit(transaction); !written) {
                return written;
            }
            return transaction.results.AddOrGet(result).map([](const ResultId&) {});
        });
        return prepared.ref;
    }

    PreparedArtifact Prepare(const std::string& bytes, bool sealed) {
        return store_
            .Prepare({.name = "a.bin", .media_type = "application/octet-stream", .sealed = sealed}, bytes)
            .value();
    }

    std::vector<std::filesystem::path> Files() const {
        std::vector<std::filesystem::path> files;
        for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "artifacts")) {
            if (entry.is_regular_file()) {
                files.push_back(entry.path());
            }
        }
        return files;
    }

    void MakeOld() {
        clock_.Advance(2h);
        for (const auto& path : Files()) {
            std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() - 2h);
        }
    }

    ArtifactStore store_;
};

INSTANTIATE_TEST_SUITE_P(EachDatabase, Artifacts, ::testing::ValuesIn(DatabasesInFiles()), DatabaseName);

const std::string kSmall = RandomBytes(1000);
const std::string kLarge = RandomBytes(ArtifactStore::kMaxRowBytes + 1);

class ArtifactsOfAServer : public Artifacts {};

INSTANTIATE_TEST_SUITE_P(
    EachDatabase, ArtifactsOfAServer, ::testing::ValuesIn(DatabasesOfServers()), DatabaseName
);

TEST_P(ArtifactsOfAServer, AreRowsWhateverTheirSize) {
    const std::string large(ArtifactStore::kMaxRowBytes * 3, '\xFF');
    const auto open = Keep(large, false);
    const auto sealed = Keep(large + "other", true, "another lineage");
    EXPECT_TRUE(Files().empty());
    EXPECT_EQ(store_.Read(open).value(), large);
    EXPECT_EQ(store_.Read(sealed).value(), large + "other");
    EXPECT_TRUE(store_.FilePath(open).empty());
}

TEST_P(Artifacts, AreRowsWhenSmall) {
    for (const auto& bytes : {kSmall, std::string(), kLarge.substr(1)}) {
        const auto ref = Keep(bytes, false, "lineage " + std::to_string(bytes.size()));
        EXPECT_EQ(ref.sha256, Sha256Hex(bytes));
        EXPECT_EQ(ref.size_bytes, bytes.size());
        EXPECT_EQ(store_.Read(ref).value(), bytes);
        EXPECT_TRUE(store_.FilePath(ref).empty());
    }
    EXPECT_TRUE(Files().empty());
}

TEST_P(Artifacts, AreFilesByTheirDigestWhenLarge) {
    const auto ref = Keep(kLarge, false);
    EXPECT_EQ(store_.Read(ref).value(), kLarge);
    const auto path = folder_ / "artifacts" / ref.sha256.substr(0, 2) / ref.sha256.substr(2);
    EXPECT_EQ(store_.FilePath(ref), path);
    EXPECT_EQ(ReadFile(path).value(), kLarge);
    EXPECT_EQ(Files(), std::vector{path}) << "and no temporary file is left";
    struct stat status{};
    ASSERT_EQ(::stat(path.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_P(Artifacts, AreSealedWhenAskedFor) {
    for (const auto& bytes : {kSmall, kLarge}) {
        const auto ref = Keep(bytes, true, "lineage " + std::to_string(bytes.size()));
        EXPECT_EQ(ref.size_bytes, bytes.size());
        EXPECT_NE(ref.sha256, Sha256Hex(bytes));
        EXPECT_EQ(store_.Read(ref).value(), bytes);
        EXPECT_TRUE(store_.FilePath(ref).empty()) << "its file is not what it is in the clear";
    }
    ASSERT_EQ(Files().size(), 1U);
    EXPECT_EQ(ReadFile(Files()[0]).value().find(kLarge.substr(0, 32)), std::string::npos);
}

TEST_P(Artifacts, ThatAreGoneAreNotFound) {
    ArtifactRef ref{.name = "a", .media_type = "b", .sha256 = std::string(64, '0'), .size_bytes = 1};
    EXPECT_EQ(store_.Read(ref).error().code, ErrorCode::kNotFound);
}

TEST_P(Artifacts, ThatWereChangedAreRefused) {
    const auto ref = Keep(kLarge, false);
    std::ofstream(store_.FilePath(ref), std::ios::binary | std::ios::in) << "!";
    EXPECT_EQ(store_.Read(ref).error().code, ErrorCode::kInternal);
    auto sealed = Keep(kSmall, false, "other");
    sealed.sealed = true;
    EXPECT_EQ(store_.Read(sealed).error().code, ErrorCode::kInternal) << "it was never sealed";
}

TEST_P(Artifacts, AreStoredOnceForTheSameBytes) {
    Keep(kLarge, false, "one");
    Keep(kLarge, false, "two");
    EXPECT_EQ(Files().size(), 1U);
}

TEST_P(Artifacts, NobodyRefersToAreCollectedAfterAnHour) {
    const auto kept = Keep(kLarge, false);
    Prepare(RandomBytes(kLarge.size()), false);
    std::filesystem::create_directories(folder_ / "artifacts" / "ab");
    std::ofstream(folder_ / "artifacts" / "ab" / ".0123456789abcdef.tmp") << "left over";
    const auto row = Prepare(kSmall, false);
    Write([&](Transaction& transaction) { return row.Commit(transaction); });
    EXPECT_EQ(store_.CollectOrphans().value(), 0) << "they may be about to be committed";
    EXPECT_EQ(Files().size(), 3U);
    MakeOld();
    EXPECT_EQ(store_.CollectOrphans().value(), 3);
    EXPECT_EQ(Files().size(), 1U);
    EXPECT_EQ(store_.Read(kept).value(), kLarge);
    EXPECT_EQ(store_.Read(row.ref).error().code, ErrorCode::kNotFound);
}

TEST_P(Artifacts, OfForgottenResultsAreCollectedAnHourLater) {
    Keep(kLarge, false, "lineage");
    const auto result = Read([](const Snapshot& s) { return s.results.FindByLineage("lineage"); });
    ASSERT_TRUE(result);
    MakeOld();
    EXPECT_EQ(Write([&](Transaction& t) { return t.results.ForgetUnused({result->id}); }), 1);
    EXPECT_EQ(store_.CollectOrphans().value(), 0) << "somebody may have read the result just now";
    EXPECT_EQ(Files().size(), 1U);
    MakeOld();
    EXPECT_EQ(store_.CollectOrphans().value(), 1);
    EXPECT_TRUE(Files().empty());
}

TEST_P(Artifacts, ThatArePreparedAgainAreNoOrphans) {
    Prepare(kLarge, false);
    MakeOld();
    const auto again = Prepare(kLarge, false);
    EXPECT_EQ(store_.CollectOrphans().value(), 0);
    EXPECT_EQ(store_.Read(again.ref).value(), kLarge);
}

TEST_P(Artifacts, ThatWaitForTheirCommitAreNoOrphansHoweverLongItTakes) {
    for (const bool sealed : {false, true}) {
        auto waiting = std::make_optional(Prepare(kLarge, sealed));
        auto copy = waiting;
        waiting.reset();
        MakeOld();
        EXPECT_EQ(store_.CollectOrphans().value(), 0);
        EXPECT_EQ(store_.Read(copy->ref).value(), kLarge);
        copy.reset();
        EXPECT_EQ(store_.CollectOrphans().value(), 1) << "it was given up";
    }
}

TEST_P(Artifacts, AreCollectedAtOnceAndAgainWithoutBeingAsked) {
    const auto make_orphan = [&] {
        const auto prepared = Prepare(RandomBytes(kLarge.size()), false);
        MakeOld();
    };
    make_orphan();
    OrphanCollector collector(store_);
    collector.Start(10ms);
    const auto gone = [&] {
        for (int i = 0; i < 2000 && !Files().empty(); ++i) {
            std::this_thread::sleep_for(10ms);
        }
        return Files().empty();
    };
    EXPECT_TRUE(gone());
    make_orphan();
    EXPECT_TRUE(gone());
    collector.Stop();
    make_orphan();
    EXPECT_EQ(Files().size(), 1U);
}

TEST_P(Artifacts, SayWhereTheyCannotBeWritten) {
    std::ofstream(folder_ / "a file") << "in the way";
    const ArtifactStore store(*storage_, *box_, folder_ / "a file");
    const auto refused = store.Prepare({.name = "a.bin", .media_type = "b"}, kLarge);
    ASSERT_FALSE(refused);
    EXPECT_NE(refused.error().message.find("a.bin"), std::string::npos);
    EXPECT_NE(refused.error().message.find("a file"), std::string::npos);
}

}  // namespace

}  // namespace notify::testing
