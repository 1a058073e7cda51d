#include "http/keys.hpp"

#include <chrono>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "storage/key_repository.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

class KeysTest : public testing::ApiTest {
protected:
    Result<Caller> Who(std::string_view text) { return Authenticate(*storage_, text, clock_.Now()); }

    ApiKey Stored(std::string_view text) {
        const KeyId id(IdOfKey(text));
        return storage_->Read([&](const Snapshot& snapshot) { return snapshot.keys.FindById(id); })
            .value()
            .value();
    }
};

TEST_F(KeysTest, HoldTheScopesBelowTheirOwn) {
    const auto read = Who(read_key_).value();
    EXPECT_TRUE(read.read && !read.write && !read.biometric && !read.admin);
    const auto write = Who(write_key_).value();
    EXPECT_TRUE(write.read && write.write && !write.biometric && !write.admin);
    const auto biometric = Who(MakeKey({"biometric"})).value();
    EXPECT_TRUE(biometric.read && !biometric.write && biometric.biometric && !biometric.admin);
    const auto admin = Who(admin_key_).value();
    EXPECT_TRUE(admin.read && admin.write && admin.biometric && admin.admin);
    EXPECT_EQ(admin.actor, IdOfKey(admin_key_));
}

TEST_F(KeysTest, AreStoredAsADigestOnly) {
    const auto key = Stored(read_key_);
    EXPECT_EQ(key.secret_sha256.size(), 64U);
    EXPECT_EQ(read_key_.find(key.secret_sha256), std::string::npos);
    EXPECT_NE(MakeKey({"read"}), MakeKey({"read"}));
}

TEST_F(KeysTest, AreRefusedWithOneSentenceHoweverTheyAreWrong) {
    auto wrong = read_key_;
    wrong.back() = wrong.back() == '0' ? '1' : '0';
    const auto sentence = Who("").error().message;
    for (const std::string& text :
         {wrong,
          read_key_ + "0",
          read_key_.substr(0, read_key_.size() - 1),
          std::string("nk__"),
          std::string("nk_x_y"),
          std::string("nk_'--_"),
          std::string("nk_\xff_"),
          "nk_" + std::string(10'000, 'x') + "_y"}) {
        const auto refused = Who(text);
        ASSERT_FALSE(refused) << text;
        EXPECT_EQ(refused.error().code, ErrorCode::kUnauthenticated);
        EXPECT_EQ(refused.error().message, sentence);
    }
}

TEST_F(KeysTest, EndWhenTheyAreRevokedOrExpire) {
    EXPECT_TRUE(Who(read_key_));
    EXPECT_EQ(Ask("DELETE", "/v1/keys/" + IdOfKey(read_key_)).status, 204);
    EXPECT_FALSE(Who(read_key_));
    auto key = Stored(write_key_);
    EXPECT_TRUE(IsValid(key, clock_.Now()));
    key.expires_at = clock_.Now() + std::chrono::seconds(10);
    EXPECT_TRUE(IsValid(key, clock_.Now()));
    clock_.Advance(std::chrono::seconds(10));
    EXPECT_FALSE(IsValid(key, clock_.Now()));
    EXPECT_FALSE(IsValid(std::nullopt, clock_.Now()));
}

TEST_F(KeysTest, RememberTheirLastUseToTheMinute) {
    EXPECT_FALSE(Stored(read_key_).last_used_at);
    EXPECT_TRUE(Who(read_key_));
    const auto first = Stored(read_key_).last_used_at;
    ASSERT_TRUE(first);
    clock_.Advance(std::chrono::seconds(30));
    EXPECT_TRUE(Who(read_key_));
    EXPECT_EQ(Stored(read_key_).last_used_at, first);
    clock_.Advance(std::chrono::seconds(31));
    EXPECT_TRUE(Who(read_key_));
    EXPECT_GT(Stored(read_key_).last_used_at, first);
}

TEST_F(KeysTest, AreNotMadeWithoutANameOrWithScopesThereAreNot) {
    for (const auto& made :
         {notify::MakeKey("", {"read"}, clock_.Now()),
          notify::MakeKey("a", {}, clock_.Now()),
          notify::MakeKey("a", {"read", "root"}, clock_.Now())}) {
        ASSERT_FALSE(made);
        EXPECT_EQ(made.error().code, ErrorCode::kInvalidArgument);
    }
}

}  // namespace
}  // namespace notify
