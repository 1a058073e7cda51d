#include "core/secret_box.hpp"

#include <fstream>
#include <set>
#include <thread>
#include <vector>

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/file.hpp"
#include "support/temporary_folder.hpp"

namespace notify {

namespace {

class SecretBoxTest : public ::testing::Test {
protected:
    void WriteKeyFile(std::string_view text, unsigned int mode = 0600) const {
        ASSERT_TRUE(WriteFileAtomically(path_, text, mode));
        ASSERT_EQ(::chmod(path_.c_str(), mode), 0);
    }

    [[nodiscard]] ErrorCode RefusalOf(std::string_view text, unsigned int mode = 0600) const {
        WriteKeyFile(text, mode);
        const auto refused = SecretBox::Open(path_);
        EXPECT_FALSE(refused);
        EXPECT_NE(refused.error().message.find(path_.native()), std::string::npos) << refused.error().message;
        return refused.error().code;
    }

    testing::TemporaryFolder folder_;
    std::filesystem::path path_ = folder_.Path() / "secret.key";
};

TEST_F(SecretBoxTest, OpensWhatItSealed) {
    const auto box = SecretBox::Open(path_).value();
    for (const auto& clear :
         {std::string(), std::string("a"), std::string("\0\xff", 2), std::string(300'000, 'x')}) {
        const auto sealed = box.Seal(clear, "embedding");
        EXPECT_EQ(sealed.size(), clear.size() + 1 + 8 + 12 + 16);
        EXPECT_EQ(box.Open(sealed, "embedding").value(), clear);
    }
}

TEST_F(SecretBoxTest, MakesAKeyFileForItsOwnerAndUsesItAgain) {
    const auto first = SecretBox::Open(path_).value();
    struct stat status{};
    ASSERT_EQ(::stat(path_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
    EXPECT_EQ(folder_.Count(), 1) << "nothing else is left";
    const auto second = SecretBox::Open(path_).value();
    EXPECT_EQ(second.KeyId(), first.KeyId());
    EXPECT_EQ(second.Open(first.Seal("x", "p"), "p").value(), "x");
}

TEST_F(SecretBoxTest, NamesItsKeyWithoutTellingIt) {
    const auto box = SecretBox::Open(path_).value();
    EXPECT_EQ(box.KeyId().size(), 16U);
    EXPECT_EQ(box.KeyId().find_first_not_of("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(ReadFile(path_).value().find(box.KeyId()), std::string::npos);
}

TEST_F(SecretBoxTest, SealsTheSameDifferentlyEachTime) {
    const auto box = SecretBox::Open(path_).value();
    std::set<std::string> sealed;
    for (int i = 0; i < 100; ++i) {
        sealed.insert(box.Seal("the same", "p"));
    }
    EXPECT_EQ(sealed.size(), 100U);
    EXPECT_EQ(sealed.begin()->find("the same"), std::string::npos);
}

TEST_F(SecretBoxTest, RefusesAnotherPurpose) {
    const auto box = SecretBox::Open(path_).value();
    const auto opened = box.Open(box.Seal("x", "embedding"), "endpoint.secret");
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, ErrorCode::kInvalidArgument);
}

TEST_F(SecretBoxTest, RefusesEveryChangedByte) {
    const auto box = SecretBox::Open(path_).value();
    const auto sealed = box.Seal("some clear text", "p");
    for (std::size_t i = 0; i < sealed.size(); ++i) {
        auto changed = sealed;
        changed[i] = static_cast<char>(changed[i] ^ 1);
        EXPECT_FALSE(box.Open(changed, "p")) << i;
    }
    for (std::size_t length = 0; length < sealed.size(); ++length) {
        EXPECT_FALSE(box.Open(std::string_view(sealed).substr(0, length), "p")) << length;
    }
    EXPECT_FALSE(box.Open(sealed + "x", "p"));
}

TEST_F(SecretBoxTest, NamesBothKeysWhenTheyDiffer) {
    const auto box = SecretBox::Open(path_).value();
    const auto other = SecretBox::Open(folder_.Path() / "other.key").value();
    EXPECT_NE(box.KeyId(), other.KeyId());
    const auto opened = other.Open(box.Seal("x", "p"), "p");
    ASSERT_FALSE(opened);
    EXPECT_NE(opened.error().message.find(box.KeyId()), std::string::npos);
    EXPECT_NE(opened.error().message.find(other.KeyId()), std::string::npos);
}

TEST_F(SecretBoxTest, MakesNoOtherKeyForWhatWasSealedAlready) {
    const auto refused = SecretBox::Open(path_, MissingKey::kRefuse);
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
    EXPECT_NE(refused.error().message.find(path_.native()), std::string::npos);
    EXPECT_EQ(folder_.Count(), 0);
    SecretBox::Open(path_).value();
    EXPECT_TRUE(SecretBox::Open(path_, MissingKey::kRefuse));
}

TEST_F(SecretBoxTest, RefusesAKeyThatOthersMayRead) {
    SecretBox::Open(path_).value();
    const auto text = ReadFile(path_).value();
    EXPECT_EQ(RefusalOf(text, 0640), ErrorCode::kForbidden);
    EXPECT_EQ(RefusalOf(text, 0604), ErrorCode::kForbidden);
    WriteKeyFile(text, 0400);
    EXPECT_TRUE(SecretBox::Open(path_));
}

TEST_F(SecretBoxTest, RefusesWhatIsNoKeyFile) {
    SecretBox::Open(path_).value();
    const auto text = ReadFile(path_).value();
    EXPECT_EQ(RefusalOf(""), ErrorCode::kInvalidArgument);
    EXPECT_EQ(RefusalOf("hello\n"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(RefusalOf(text.substr(0, text.size() / 2)), ErrorCode::kInvalidArgument);
    EXPECT_EQ(RefusalOf(text.substr(0, text.size() - 6) + "=\n"), ErrorCode::kInvalidArgument);
    EXPECT_EQ(RefusalOf(text + "more"), ErrorCode::kInvalidArgument);
}

TEST_F(SecretBoxTest, GivesAllWhoOpenAtOnceTheSameKey) {
    std::vector<std::string> ids(8);
    {
        std::vector<std::jthread> threads;
        for (auto& id : ids) {
            threads.emplace_back([&] { id = SecretBox::Open(path_).value().KeyId(); });
        }
    }
    EXPECT_EQ(std::set<std::string>(ids.begin(), ids.end()).size(), 1U);
    EXPECT_EQ(folder_.Count(), 1);
}

TEST_F(SecretBoxTest, SaysWhereItCannotMakeAKey) {
    const auto refused = SecretBox::Open(folder_.Path() / "missing" / "secret.key");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kNotFound);
}

}  // namespace

}  // namespace notify
