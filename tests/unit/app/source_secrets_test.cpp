#include "app/source_secrets.hpp"

#include <fstream>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/secret_box.hpp"
#include "sources/objects/faults.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "support/temporary_folder.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

class SourceSecretsTest : public ::testing::Test {
protected:
    void Add(const std::string& config) {
        source_.config = config;
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.sources.Add(source_);
        }));
    }

    Result<SourceAccess> Access(const CredentialSettings& settings) {
        return SourceSecrets(*storage_, box_, settings).Access(source_.id);
    }

    testing::TemporaryFolder folder_;
    SystemClock clock_;
    SecretBox box_ = SecretBox::Open(folder_.Path() / "key").value();
    std::unique_ptr<Storage> storage_ = OpenSqliteStorage(folder_.Path() / "database", box_, clock_).value();
    Source source_{
        .id = SourceId("src_1"), .kind = "s3", .name = "store", .config = {}, .created_at = clock_.Now()
    };
};

TEST_F(SourceSecretsTest, AreItsOwnFirstAndSealedInTheDatabase) {
    Add("{}");
    const SourceSecrets secrets(
        *storage_, box_, {{"AWS_ACCESS_KEY", {.value = "AKSET"}}, {"AWS_SECRET_KEY", {.value = "s"}}}
    );
    const Secret own{.access_key = "AKOWN", .secret_key = "canary", .session_token = "t"};
    const auto sealed = secrets.Seal(own);
    EXPECT_EQ(sealed.find("canary"), std::string::npos);
    ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.sources.AddSecret(
            {.source_id = source_.id, .access_key = "AKOWN", .sealed = sealed, .added_at = clock_.Now()}
        );
    }));
    const auto access = secrets.Access(source_.id).value();
    ASSERT_EQ(access.secrets.size(), 1U);
    EXPECT_EQ(access.secrets[0], own);
}

TEST_F(SourceSecretsTest, ThatCannotBeOpenedLeaveTheOtherLiveOne) {
    Add("{}");
    const SourceSecrets secrets(*storage_, box_, {});
    const auto keep = [&](const std::string& access_key, const std::string& sealed) {
        ASSERT_TRUE(storage_->Write([&](Transaction& transaction) {
            return transaction.sources.AddSecret(
                {.source_id = source_.id,
                 .access_key = access_key,
                 .sealed = sealed,
                 .added_at = clock_.Now()}
            );
        }));
    };
    keep("AKBAD", "nothing that was ever sealed");
    const auto refused = secrets.Access(source_.id).error();
    EXPECT_EQ(refused.code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(refused.reason, objects::kNoCredentials);
    EXPECT_THAT(refused.message, HasSubstr("cannot be opened"));
    keep("AKGOOD", secrets.Seal({.secret_key = "s"}));
    keep("AKBAD", "nothing that was ever sealed");
    const auto access = secrets.Access(source_.id).value();
    ASSERT_EQ(access.secrets.size(), 1U);
    EXPECT_EQ(access.secrets[0].access_key, "AKGOOD");
}

TEST_F(SourceSecretsTest, AreElseThoseThatTheConfigurationNames) {
    Add(R"({"credentials":{"access_key":"STORE_A","secret_key":"STORE_B"}})");
    const auto access = Access({{"STORE_A", {.value = "AK"}}, {"STORE_B", {.value = "secret"}}}).value();
    EXPECT_EQ(access.secrets.at(0).access_key, "AK");
    EXPECT_EQ(access.secrets.at(0).secret_key, "secret");
    const auto missing = Access({{"STORE_A", {.value = "AK"}}}).error();
    EXPECT_EQ(missing.code, ErrorCode::kUnauthenticated);
    EXPECT_EQ(missing.reason, objects::kNoCredentials);
    EXPECT_THAT(missing.message, HasSubstr("set it, or STORE_B_FILE, and start the service again"));
}

TEST_F(SourceSecretsTest, AreElseTheSettingsOfAmazon) {
    Add("{}");
    const auto access =
        Access({{"AWS_ACCESS_KEY", {.value = "AK"}}, {"AWS_SECRET_KEY", {.value = "secret"}}}).value();
    EXPECT_EQ(access.secrets.at(0).access_key, "AK");
    EXPECT_THAT(Access({}).error().message, HasSubstr("sources secret store"));
}

TEST_F(SourceSecretsTest, InAFileAreReadAtEachUse) {
    Add(R"({"credentials":{"token":"STORE_TOKEN"}})");
    const auto file = folder_.Path() / "token";
    const auto write = [&](const std::string& text) { std::ofstream(file) << text << "\n"; };
    write("first");
    const CredentialSettings settings{{"STORE_TOKEN", {.value = {}, .file = file}}};
    EXPECT_EQ(Access(settings)->secrets.at(0).token, "first");
    write("second");
    EXPECT_EQ(Access(settings)->secrets.at(0).token, "second");
}

TEST_F(SourceSecretsTest, OfSwarmInTwoPartsAreAKeyPair) {
    Add(R"({"credentials":{"token":"DATACORE_TOKEN"}})");
    const auto pair = Access({{"DATACORE_TOKEN", {.value = "AK:sec:ret"}}})->secrets.at(0);
    EXPECT_EQ(pair.access_key, "AK");
    EXPECT_EQ(pair.secret_key, "sec:ret");
    EXPECT_EQ(pair.token, "");
    EXPECT_EQ(Access({{"DATACORE_TOKEN", {.value = "id"}}})->secrets.at(0).token, "id");
}

}  // namespace
}  // namespace notify
