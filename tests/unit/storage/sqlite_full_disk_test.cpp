// No room: refused with storage_full, nothing half written, and it goes on when there is room again.

#include <chrono>
#include <csignal>
#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include <sys/mount.h>
#include <sys/resource.h>
#include <unistd.h>

#include "conformance/fixture.hpp"
#include "core/random.hpp"
#include "storage/sqlite/sqlite_storage.hpp"

namespace notify::testing {

namespace {

/// Files of this process cannot grow over `bytes` while it lives.
class SmallFiles final {
public:
    explicit SmallFiles(std::uint64_t bytes) : old_handler_(std::signal(SIGXFSZ, SIG_IGN)) {
        ::getrlimit(RLIMIT_FSIZE, &old_);
        rlimit small = old_;
        small.rlim_cur = bytes;
        ::setrlimit(RLIMIT_FSIZE, &small);
    }

    ~SmallFiles() {
        ::setrlimit(RLIMIT_FSIZE, &old_);
        std::signal(SIGXFSZ, old_handler_);
    }

    SmallFiles(const SmallFiles&) = delete;
    SmallFiles& operator=(const SmallFiles&) = delete;

private:
    void (*old_handler_)(int);
    rlimit old_{};
};

class SqliteWithoutRoom : public Conformance {
protected:
    Result<void> Put(int number, std::size_t size = 50'000) {
        const auto bytes = RandomBytes(size);
        return storage_->Write([&](Transaction& transaction) {
            return transaction.results.PutArtifactRow("row " + std::to_string(number), bytes);
        });
    }

    static bool Eventually(const std::function<bool()>& holds) {
        for (int i = 0; i < 400 && !holds(); ++i) {
            std::this_thread::sleep_for(std::chrono::milliseconds(50));
        }
        return holds();
    }

    /// Long enough for two trials of the writer's own.
    void ExpectFullForAWhile() {
        for (int i = 0; i < 25; ++i) {
            EXPECT_FALSE(storage_->CanWrite()) << i;
            std::this_thread::sleep_for(std::chrono::milliseconds(100));
        }
    }

    /// Writes until it is refused; how many were acknowledged.
    int Fill() {
        for (int number = 0; number < 500; ++number) {
            if (const auto put = Put(number); !put) {
                EXPECT_EQ(put.error().code, ErrorCode::kStorageFull) << put.error().message;
                return number;
            }
        }
        ADD_FAILURE() << "it never got full";
        return 0;
    }

    bool HasRow(int number) {
        return Read(
                   [&](const Snapshot& snapshot) {
                       return snapshot.results.ArtifactRow("row " + std::to_string(number));
                   }
        ).has_value();
    }

    void ExpectRows(int count) {
        for (int number = 0; number < count; ++number) {
            EXPECT_TRUE(HasRow(number)) << number;
        }
        EXPECT_FALSE(HasRow(count));
    }
};

INSTANTIATE_TEST_SUITE_P(
    EachDatabase, SqliteWithoutRoom, ::testing::ValuesIn(DatabasesInFiles()), DatabaseName
);

TEST_P(SqliteWithoutRoom, RefusesAndGoesOnAfterwards) {
    int acknowledged = 0;
    {
        const SmallFiles small(1'000'000);
        acknowledged = Fill();
        EXPECT_EQ(Put(acknowledged).error().code, ErrorCode::kStorageFull) << "still full";
        ASSERT_FALSE(storage_->CanWrite());
        EXPECT_EQ(storage_->CanWrite().error().code, ErrorCode::kStorageFull);
        EXPECT_NE(storage_->CanWrite().error().message.find("cannot write: "), std::string::npos);
        Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
        Write([](Transaction&) { return Result<void>{}; });
        EXPECT_FALSE(storage_->CanWrite()) << "what writes nothing does not tell that there is room";
        ExpectFullForAWhile();
        ExpectRows(acknowledged);
    }
    EXPECT_TRUE(Eventually([&] { return storage_->CanWrite().has_value(); })) << "without anybody writing";
    EXPECT_TRUE(Put(acknowledged));
    EXPECT_TRUE(storage_->CanWrite());
    Reopen();
    ExpectRows(acknowledged + 1);
}

// a transaction that outgrows the cache is lost before its COMMIT
TEST_P(SqliteWithoutRoom, SurvivesATransactionThatIsTooLargeByItself) {
    AddSource("before");
    {
        const SmallFiles small(2'000'000);
        const auto bytes = RandomBytes(1'000'000);
        const auto refused = Refused([&](Transaction& transaction) -> Result<void> {
            for (int i = 0; i < 12; ++i) {
                if (auto put = transaction.results.PutArtifactRow("big " + std::to_string(i), bytes); !put) {
                    return put;
                }
            }
            return {};
        });
        EXPECT_EQ(refused, ErrorCode::kStorageFull);
        EXPECT_EQ(Put(1).has_value(), true) << "there is room for a small one";
    }
    AddSource("after");
    EXPECT_FALSE(Read([](const Snapshot& snapshot) { return snapshot.results.ArtifactRow("big 0"); }));
}

TEST_P(SqliteWithoutRoom, RefusesOnAFullFileSystem) {
    const auto disk = folder_ / "disk";
    std::filesystem::create_directories(disk);
    if (::geteuid() != 0 || ::mount("tmpfs", disk.c_str(), "tmpfs", 0, "size=3m") != 0) {
        GTEST_SKIP() << "only root may mount a small file system";
    }
    storage_ = OpenSqliteStorage(disk / "database", *box_, clock_).value();
    const int acknowledged = Fill();
    EXPECT_GT(acknowledged, 5);
    ExpectRows(acknowledged);
    ExpectFullForAWhile();
    ASSERT_EQ(::mount("tmpfs", disk.c_str(), "tmpfs", MS_REMOUNT, "size=8m"), 0);
    EXPECT_TRUE(Eventually([&] { return storage_->CanWrite().has_value(); })) << "without anybody writing";
    EXPECT_TRUE(Put(acknowledged));
    storage_ = nullptr;
    storage_ = OpenSqliteStorage(disk / "database", *box_, clock_).value();
    ExpectRows(acknowledged + 1);
    storage_.reset();
    EXPECT_EQ(::umount(disk.c_str()), 0);
}

}  // namespace

}  // namespace notify::testing
