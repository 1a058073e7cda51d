// A backup whose source changes while it is made; what only shows in a run of the program is in
// tests/functional/backup_test.py.

#include <cstddef>
#include <filesystem>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <gtest/gtest.h>

#include "app/backup/check.hpp"
#include "app/backup/copied_file.hpp"
#include "app/backup/make.hpp"
#include "app/backup/manifest.hpp"
#include "app/backup/state_copy.hpp"
#include "app/settings.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "storage/sql/sealed_with.hpp"
#include "storage/sqlite/connection.hpp"
#include "support/temporary_folder.hpp"

namespace notify::backup {

namespace {

constexpr const char* kNameAnArtifactSql = R"sql(
    INSERT INTO result VALUES ('res_1', 'lineage', '', '', 'checksum', '1', '', '', '', '{}', 1);
    INSERT INTO result_artifact VALUES
        ('res_1', 'large', '', '00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff', 1, 0))sql";

class Backup : public ::testing::Test {
protected:
    Backup() {
        settings_.data_dir = folder_.Path() / "data";
        std::filesystem::create_directories(settings_.data_dir);
        const auto box = SecretBox::Open(settings_.data_dir / "secret.key");
        EXPECT_TRUE(box);
        auto database = OpenWithSchema(settings_.data_dir / "notifications.db", SystemClock());
        EXPECT_TRUE(database);
        EXPECT_TRUE(sql::CheckKey(**database, *box));
        database_ = std::move(database).value();
    }

    Result<Manifest> MakeWith(const Clock& clock, const std::stop_token& stop = {}) {
        return Make(settings_, place_, Keys::kWith, clock, stop);
    }

    testing::TemporaryFolder folder_;
    Settings settings_;
    const std::filesystem::path place_ = folder_.Path() / "backup";
    std::unique_ptr<sqlite::Connection> database_;
};

/// Is asked for the time when a copy of the database begins: at the second one the result was removed.
class RemovesBeforeTheSecondCopy final : public Clock {
public:
    explicit RemovesBeforeTheSecondCopy(sqlite::Connection& database) : database_(database) {}

    [[nodiscard]] Timestamp Now() const override {
        if (++copies_ == 2) {
            EXPECT_TRUE(database_.Execute("DELETE FROM result"));
        }
        return FromMillis(copies_);
    }

    [[nodiscard]] int Copies() const noexcept { return copies_; }

private:
    sqlite::Connection& database_;
    mutable int copies_ = 0;
};

TEST_F(Backup, IsOfALaterMomentWhenAnArtifactWasRemovedMeanwhile) {
    ASSERT_TRUE(database_->Execute(kNameAnArtifactSql));
    const RemovesBeforeTheSecondCopy clock(*database_);
    const auto made = MakeWith(clock);
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(clock.Copies(), 2);
    EXPECT_TRUE(made->lost_artifacts.empty());
    EXPECT_EQ(made->counts.results, 0);
    EXPECT_EQ(made->made_at, FromMillis(2));
    EXPECT_TRUE(Check(place_, {}));
}

TEST_F(Backup, KnowsWhatWasLostBefore) {
    ASSERT_TRUE(database_->Execute(kNameAnArtifactSql));
    const auto made = MakeWith(SystemClock());
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->lost_artifacts.size(), 1U);
    EXPECT_EQ(made->counts.results, 1);
    const auto whole = Check(place_, {});
    ASSERT_TRUE(whole) << whole.error().message;
    EXPECT_EQ(whole->lost_artifacts, made->lost_artifacts);
}

TEST_F(Backup, LeavesOutWhatWasDamagedBefore) {
    ASSERT_TRUE(database_->Execute(kNameAnArtifactSql));
    const auto folder = settings_.data_dir / "artifacts" / "00";
    const std::string name = "112233445566778899aabbccddeeff00112233445566778899aabbccddeeff";
    std::filesystem::create_directories(folder);
    ASSERT_TRUE(WriteFileAtomically(folder / name, "bytes of another digest"));
    const auto made = MakeWith(SystemClock());
    ASSERT_TRUE(made) << made.error().message;
    EXPECT_EQ(made->lost_artifacts.size(), 1U);
    EXPECT_FALSE(std::filesystem::exists(place_ / "artifacts" / "00" / name));
    EXPECT_TRUE(Check(place_, {}));
}

TEST_F(Backup, LeavesNothingWhenItIsStopped) {
    const auto stop = std::make_unique<std::stop_source>();
    stop->request_stop();
    const auto made = MakeWith(SystemClock(), stop->get_token());
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kStopped);
    EXPECT_EQ(folder_.Count(), 1);  // the data
}

TEST_F(Backup, IsRefusedWithAKeyThatOpensNothingInIt) {
    std::filesystem::remove(settings_.data_dir / "secret.key");
    ASSERT_TRUE(SecretBox::Open(settings_.data_dir / "secret.key"));
    const auto made = MakeWith(SystemClock());
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ErrorCode::kConflict);
    EXPECT_EQ(folder_.Count(), 1);
    EXPECT_TRUE(Make(settings_, place_, Keys::kWithout, SystemClock(), {}));
}

TEST_F(Backup, IsNotWholeWithAnotherKey) {
    auto made = MakeWith(SystemClock());
    ASSERT_TRUE(made);
    std::filesystem::remove(place_ / "secret.key");
    ASSERT_TRUE(SecretBox::Open(place_ / "secret.key"));
    const auto digest = DigestOf(place_ / "secret.key", {});
    ASSERT_TRUE(digest);
    made->files.front() = *digest;
    ASSERT_TRUE(WriteFileAtomically(place_ / kManifestFile, ToText(*made)));
    const auto whole = Check(place_, {});
    ASSERT_FALSE(whole);
    EXPECT_NE(whole.error().message.find("but the backup was made with key"), std::string::npos)
        << whole.error().message;
}

/// Whether the backup has a manifest once this is its text.
bool IsManifest(const std::filesystem::path& place, std::string_view text) {
    return WriteFileAtomically(place / kManifestFile, text) && ReadManifest(place);
}

TEST_F(Backup, IsNoneWithAManifestThatIsCut) {
    const auto made = MakeWith(SystemClock());
    ASSERT_TRUE(made) << made.error().message;
    const auto text = ToText(*made);
    for (std::size_t size = 0; size + 1 < text.size(); size += 7) {
        EXPECT_FALSE(IsManifest(place_, std::string_view(text).substr(0, size))) << size;
    }
    EXPECT_TRUE(IsManifest(place_, text));
}

}  // namespace

}  // namespace notify::backup
