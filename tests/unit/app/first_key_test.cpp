#include "app/first_key.hpp"

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.hpp"
#include "core/secret_box.hpp"
#include "http/keys.hpp"
#include "http/message.hpp"
#include "storage/key_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "storage/storage.hpp"

namespace notify {
namespace {

class FirstKeyTest : public ::testing::Test {
protected:
    FirstKeyTest() {
        std::filesystem::create_directories(folder_);
        box_ = std::make_unique<SecretBox>(SecretBox::Open(folder_ / "secret.key").value());
        storage_ = OpenSqliteStorage(folder_ / "notifications.db", *box_, clock_).value();
    }

    ~FirstKeyTest() override {
        storage_.reset();
        std::filesystem::remove_all(folder_);
    }

    std::string FileText() const {
        const auto text = ReadFile(file_).value_or("");
        return text.substr(0, text.find('\n'));
    }

    Result<Caller> CallerOfFile() { return Authenticate(*storage_, FileText(), clock_.Now()); }

    Result<void> Ensure() { return EnsureFirstKey(*storage_, file_, clock_.Now()); }

    void RevokeAll() {
        const auto revoked = storage_->Write([&](Transaction& transaction) -> Result<void> {
            const auto keys = transaction.keys.List().value();
            for (const auto& key : keys) {
                if (auto done = transaction.keys.Revoke(key.id, clock_.Now()); !done && !key.revoked_at) {
                    return done;
                }
            }
            return {};
        });
        ASSERT_TRUE(revoked) << revoked.error().message;
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("first-key." + std::to_string(::getpid()));
    std::filesystem::path file_ = folder_ / "first-key";
    SystemClock clock_;
    std::unique_ptr<SecretBox> box_;
    std::unique_ptr<Storage> storage_;
};

TEST_F(FirstKeyTest, IsAnAdminKeyInAFileForItsOwner) {
    ASSERT_TRUE(Ensure());
    const auto caller = CallerOfFile();
    ASSERT_TRUE(caller) << caller.error().message;
    EXPECT_TRUE(caller->admin);
    struct stat status{};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    const auto text = FileText();
    ASSERT_TRUE(Ensure());
    EXPECT_EQ(FileText(), text) << "a second start changes nothing";
}

TEST_F(FirstKeyTest, IsMadeAlthoughAReadKeyExists) {
    ASSERT_TRUE(StoreKey(*storage_, MakeKey("reader", {"read"}, clock_.Now())->key, "command line"));
    EXPECT_FALSE(HasAdminKey(*storage_, clock_.Now()).value());
    ASSERT_TRUE(Ensure());
    EXPECT_TRUE(HasAdminKey(*storage_, clock_.Now()).value());
    EXPECT_TRUE(CallerOfFile());
}

TEST_F(FirstKeyTest, IsNotMadeWhileAnAdminKeyExists) {
    ASSERT_TRUE(StoreKey(*storage_, MakeKey("mine", {"admin"}, clock_.Now())->key, "command line"));
    ASSERT_TRUE(Ensure());
    EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(FirstKeyTest, IsMadeAnewAfterItWasRevoked) {
    ASSERT_TRUE(Ensure());
    const auto first = FileText();
    RevokeAll();
    RemoveStaleFirstKey(*storage_, file_, clock_.Now());
    EXPECT_FALSE(std::filesystem::exists(file_));
    ASSERT_TRUE(Ensure());
    EXPECT_NE(FileText(), first);
    EXPECT_TRUE(CallerOfFile());
}

TEST_F(FirstKeyTest, AStaleFileGoesAwayWhenAnotherAdminKeyExists) {
    ASSERT_TRUE(Ensure());
    RevokeAll();
    ASSERT_TRUE(StoreKey(*storage_, MakeKey("mine", {"admin"}, clock_.Now())->key, "command line"));
    ASSERT_TRUE(Ensure());
    EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(FirstKeyTest, IsNotStoredWhenItsFileCannotBeWritten) {
    const auto made = EnsureFirstKey(*storage_, folder_ / "missing" / "first-key", clock_.Now());
    EXPECT_FALSE(made);
    EXPECT_TRUE(storage_->Read([](const Snapshot& snapshot) { return snapshot.keys.List(); }).value().empty())
        << "a key that nobody knows";
}

TEST_F(FirstKeyTest, ReplacesTheFileThatACrashLeftBeforeItsKeyWasStored) {
    ASSERT_TRUE(WriteFileAtomically(file_, MakeKey("first key", {"admin"}, clock_.Now())->text + "\n", 0600));
    EXPECT_FALSE(CallerOfFile());
    ASSERT_TRUE(Ensure());
    EXPECT_TRUE(CallerOfFile());
}

}  // namespace
}  // namespace notify
