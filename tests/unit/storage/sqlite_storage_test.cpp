#include "storage/sqlite/sqlite_storage.hpp"

#include <array>
#include <atomic>
#include <cmath>
#include <cstring>
#include <fstream>
#include <latch>
#include <thread>

#include <gmock/gmock.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include "conformance/fixture.hpp"
#include "core/file.hpp"
#include "storage/source_repository.hpp"
#include "storage/sql/migrations.hpp"
#include "support/people.hpp"

namespace notify::testing {

namespace {

class SqliteDatabase : public ::testing::Test {
protected:
    SqliteDatabase()
        : folder_(std::filesystem::temp_directory_path() / ("sqlite-" + std::to_string(::getpid()))) {
        std::filesystem::remove_all(folder_);
        std::filesystem::create_directories(folder_);
        box_ = SecretBox::Open(folder_ / "key").value();
    }

    ~SqliteDatabase() override { std::filesystem::remove_all(folder_); }

    Result<std::unique_ptr<Storage>> Open() { return OpenSqliteStorage(path_, *box_, clock_); }

    /// Runs SQL on the closed database, as another program could.
    void Tamper(const std::string& sql) const {
        sqlite3* raw = nullptr;
        ASSERT_EQ(sqlite3_open(path_.c_str(), &raw), SQLITE_OK);
        EXPECT_EQ(sqlite3_exec(raw, sql.c_str(), nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(raw);
        sqlite3_close(raw);
    }

    /// What SQL gives on the closed database, a line a row with '|' between columns; or the error.
    [[nodiscard]] std::string Rows(const std::string& sql) const {
        sqlite3* raw = nullptr;
        EXPECT_EQ(sqlite3_open(path_.c_str(), &raw), SQLITE_OK);
        std::string text;
        const auto add = [](void* to, int count, char** values, char**) {
            auto& lines = *static_cast<std::string*>(to);
            for (int i = 0; i < count; ++i) {
                lines += values[i] == nullptr ? "" : values[i];
                lines += i + 1 < count ? '|' : '\n';
            }
            return 0;
        };
        if (sqlite3_exec(raw, sql.c_str(), add, &text, nullptr) != SQLITE_OK) {
            text = sqlite3_errmsg(raw);
        }
        sqlite3_close(raw);
        return text;
    }

    /// Every byte of the database and its log.
    [[nodiscard]] std::string AllBytes() const {
        std::string bytes;
        for (const auto& entry : std::filesystem::directory_iterator(folder_)) {
            if (entry.path().filename() != "key") {
                bytes += ReadFile(entry.path()).value();
            }
        }
        return bytes;
    }

    std::filesystem::path folder_;
    std::filesystem::path path_ = folder_ / "database";
    SetClock clock_;
    std::optional<SecretBox> box_;
};

Source SourceNamed(const std::string& name) {
    return {.id = SourceId("src_" + name), .kind = "local", .name = name, .config = "{}", .created_at = {}};
}

TEST_F(SqliteDatabase, IsUsedByOneNode) {
    EXPECT_TRUE(Open().value()->IsSingleNode());
}

TEST_F(SqliteDatabase, IsReadableByItsOwnerOnly) {
    const auto storage = Open().value();
    ASSERT_TRUE(storage->Write([](Transaction& transaction) {
        return transaction.sources.Add(SourceNamed("a"));
    }));
    for (const auto* name : {"database", "database-wal", "database.lock"}) {
        struct stat status{};
        ASSERT_EQ(::stat((folder_ / name).c_str(), &status), 0) << name;
        EXPECT_EQ(status.st_mode & 0777U, 0600U) << name;
    }
}

TEST_F(SqliteDatabase, ShowsBucketsAndItemsByTheirOldNamesToReadOnly) {
    const std::array<std::array<std::string, 3>, 3> kinds{{
        {"local", "s3_buckets", "bucket_items"},
        {"object_matrix", "oms3_buckets", "om_bucket_items"},
        {"iconik", "", "assets"},
    }};
    {
        const auto storage = Open().value();
        for (const auto& [kind, buckets, items] : kinds) {
            ASSERT_TRUE(storage->Write([&](Transaction& transaction) -> Result<void> {
                auto source = SourceNamed(kind);
                source.kind = kind;
                Bucket bucket{
                    .id = BucketId("bkt_" + kind), .source_id = source.id, .kind = kind, .name = kind
                };
                bucket.location = "/" + kind;
                Item item{.id = ItemId("itm_" + kind), .bucket_id = bucket.id, .key = "a/" + kind + ".mxf"};
                item.discovered_at = FromMillis(1'000);
                return transaction.sources.Add(source)
                    .and_then([&] { return transaction.buckets.Add(bucket); })
                    .and_then([&] { return transaction.items.AddIfNew(item).map([](bool) {}); });
            }));
        }
    }
    for (const auto& [kind, buckets, items] : kinds) {
        EXPECT_EQ(
            Rows("SELECT id, bucket, key, status, discovered_at FROM " + items),
            "itm_" + kind + "|" + kind + "|a/" + kind + ".mxf|Pending|1970-01-01T00:00:01.000Z\n"
        );
        if (!buckets.empty()) {
            EXPECT_EQ(
                Rows("SELECT name, kind, location, active FROM " + buckets),
                kind + "|" + kind + "|/" + kind + "|1\n"
            );
            EXPECT_THAT(Rows("DELETE FROM " + buckets), ::testing::HasSubstr("cannot modify"));
        }
        EXPECT_THAT(
            Rows("UPDATE " + items + " SET status = 'Failed'"), ::testing::HasSubstr("cannot modify")
        );
    }
}

TEST_F(SqliteDatabase, RefusesASecondProcessWithASentence) {
    const auto first = Open().value();
    const auto second = Open();
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().code, ErrorCode::kConflict);
    EXPECT_NE(second.error().message.find((folder_ / "database.lock").native()), std::string::npos);
}

TEST_F(SqliteDatabase, RefusesANewerSchemaWithASentence) {
    Open().value().reset();
    Tamper("INSERT INTO schema_version (version, applied_at) VALUES (99, 0)");
    const auto refused = Open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
    EXPECT_NE(refused.error().message.find("99"), std::string::npos);
    EXPECT_NE(refused.error().message.find(path_.native()), std::string::npos);
}

TEST_F(SqliteDatabase, OfANewerSchemaIsOpenedWhenItWorksWithThisOne) {
    Open().value().reset();
    Tamper("ALTER TABLE source ADD COLUMN later TEXT NOT NULL DEFAULT 'x'");
    Tamper("INSERT INTO schema_version (version, applied_at, works_with) VALUES (2, 0, 1)");
    {
        const auto storage = Open().value();
        EXPECT_TRUE(storage->Write([](Transaction& transaction) {
            return transaction.sources.Add(SourceNamed("old"));
        }));
    }
    Tamper("INSERT INTO schema_version (version, applied_at, works_with) VALUES (3, 0, 2)");
    const auto refused = Open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kConflict);
}

TEST(Migrations, OfBothDatabasesAreAlikeAndLeaveTheProgramBeforeAtWork) {
    const auto sqlite = sql::SqliteMigrations();
    const auto postgres = sql::PostgresMigrations();
    ASSERT_EQ(sqlite.size(), postgres.size());
    for (std::size_t i = 0; i < sqlite.size(); ++i) {
        EXPECT_EQ(sqlite[i].number, static_cast<int>(i) + 1);
        EXPECT_EQ(postgres[i].number, sqlite[i].number);
        EXPECT_EQ(postgres[i].works_with, sqlite[i].works_with);
        EXPECT_LE(sqlite[i].works_with, std::max(1, sqlite[i].number - 1))
            << "a rolling upgrade is not possible";
    }
}

TEST_F(SqliteDatabase, RefusesAFileThatIsNoDatabase) {
    std::ofstream(path_) << std::string(5000, 'x');
    const auto refused = Open();
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kInternal);
    EXPECT_NE(refused.error().message.find(path_.native()), std::string::npos);
}

TEST_F(SqliteDatabase, RefusesAFolderThatIsMissing) {
    const auto refused = OpenSqliteStorage(folder_ / "none" / "database", *box_, clock_);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
}

TEST_F(SqliteDatabase, IsMigratedOnce) {
    Open().value().reset();
    Open().value().reset();
    sqlite3* raw = nullptr;
    ASSERT_EQ(sqlite3_open(path_.c_str(), &raw), SQLITE_OK);
    int rows = 0;
    const auto count = [](void* counter, int, char**, char**) { return ++*static_cast<int*>(counter), 0; };
    EXPECT_EQ(sqlite3_exec(raw, "SELECT version FROM schema_version", count, &rows, nullptr), SQLITE_OK);
    sqlite3_close(raw);
    EXPECT_EQ(rows, 1);
}

TEST_F(SqliteDatabase, FindsDamage) {
    auto storage = Open().value();
    EXPECT_TRUE(storage->CheckIntegrity());
    for (int i = 0; i < 200; ++i) {
        const auto name = "source " + std::to_string(i);
        ASSERT_TRUE(storage->Write([&](Transaction& transaction) {
            return transaction.sources.Add(SourceNamed(name));
        }));
    }
    storage.reset();
    Tamper(
        "PRAGMA writable_schema = ON;"
        "UPDATE sqlite_schema SET rootpage = (SELECT rootpage FROM sqlite_schema WHERE name = 'bucket')"
        " WHERE name = 'source'"
    );
    storage = Open().value();
    const auto damaged = storage->CheckIntegrity();
    ASSERT_FALSE(damaged);
    EXPECT_EQ(damaged.error().code, ErrorCode::kInternal);
}

TEST_F(SqliteDatabase, CommitsManyClosuresTogether) {
    constexpr int kThreads = 16;
    constexpr int kWrites = 8;
    const auto storage = Open().value();
    std::latch queued(kThreads);
    std::vector<std::jthread> threads;
    for (int thread = 0; thread < kThreads; ++thread) {
        threads.emplace_back([&, thread] {
            queued.arrive_and_wait();
            for (int i = 0; i < kWrites; ++i) {
                const auto name = std::to_string(thread) + "-" + std::to_string(i);
                EXPECT_TRUE(storage->Write([&](Transaction& transaction) {
                    return transaction.sources.Add(SourceNamed(name));
                }));
            }
        });
    }
    threads.clear();
    EXPECT_EQ(storage->Closures(), static_cast<std::uint64_t>(kThreads * kWrites));
    EXPECT_LT(storage->Commits(), storage->Closures());
    EXPECT_GE(storage->Commits(), static_cast<std::uint64_t>(kWrites))
        << "a thread's next write waits for its last";
}

TEST_F(SqliteDatabase, FinishesWhatIsQueuedWhenItCloses) {
    auto storage = Open().value();
    std::atomic<bool> running = false;
    std::jthread slow([&] {
        EXPECT_TRUE(storage->Write([&](Transaction& transaction) {
            running = true;
            running.notify_all();
            return transaction.sources.Add(SourceNamed("slow"));
        }));
    });
    running.wait(false);
    slow.join();
    storage.reset();
    const auto sources =
        Open().value()->Read([](const Snapshot& snapshot) { return snapshot.sources.List(); });
    EXPECT_EQ(sources.value().size(), 1U);
}

TEST_F(SqliteDatabase, NeverHoldsAnEmbeddingInTheClear) {
    Embedding embedding{};
    for (std::size_t i = 0; i < embedding.size(); ++i) {
        embedding[i] = std::cos(static_cast<float>(i) * 1.7F);
    }
    std::array<char, sizeof(Embedding)> clear{};
    std::memcpy(clear.data(), embedding.data(), sizeof(Embedding));
    auto storage = Open().value();
    const auto written = storage->Write([&](Transaction& transaction) -> Result<void> {
        const Person person{.id = PersonId("per_1"), .name = "Ada Lovelace", .created_at = {}};
        EnrolmentPhoto photo;
        photo.id = PhotoId("pho_1");
        photo.person_id = person.id;
        photo.embedding = embedding;
        FaceTrack track;
        track.id = TrackId("trk_1");
        track.result_id = ResultId("res_1");
        track.shots = {embedding, embedding};
        return testing::AddPerson(transaction, person)
            .and_then([&] { return testing::AddPhoto(transaction, photo); })
            .and_then([&] {
                return transaction.results.AddOrGet({.id = track.result_id, .lineage_key = "lineage"});
            })
            .and_then([&](const ResultId&) { return transaction.people.AddTracks({track}); });
    });
    ASSERT_TRUE(written) << written.error().message;
    const auto expect_sealed = [&](const std::string& bytes) {
        EXPECT_NE(bytes.find("Ada Lovelace"), std::string::npos) << "the bytes are looked at";
        for (std::size_t at = 0; at + 16 <= clear.size(); at += 16) {
            EXPECT_EQ(bytes.find(std::string_view(&clear[at], 16)), std::string::npos) << at;
        }
    };
    expect_sealed(AllBytes());
    const auto read =
        storage->Read([](const Snapshot& snapshot) { return snapshot.people.TracksOf(ResultId("res_1")); });
    EXPECT_EQ(read.value().at(0).shots.at(1), embedding);
    storage.reset();
    expect_sealed(AllBytes());
}

TEST_F(SqliteDatabase, KeepsNothingOfAPersonWhoWasRemoved) {
    auto storage = Open().value();
    const Person person{.id = PersonId("per_1"), .name = "Ada Lovelace of Ockham Park", .created_at = {}};
    ASSERT_TRUE(storage->Write([&](Transaction& transaction) {
        return testing::AddPerson(transaction, person);
    }));
    ASSERT_TRUE(storage->Write([&](Transaction& transaction) {
        return testing::RemovePerson(transaction, person.id);
    }));
    storage.reset();
    EXPECT_EQ(AllBytes().find("Ockham Park"), std::string::npos);
}

}  // namespace

}  // namespace notify::testing
