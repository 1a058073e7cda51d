#include "app/settings.hpp"

#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "app/database_settings.hpp"
#include "core/file.hpp"
#include "core/log.hpp"
#include "core/result.hpp"

namespace notify {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class SettingsTest : public ::testing::Test {
protected:
    SettingsTest() { std::filesystem::create_directories(folder_); }

    ~SettingsTest() override { std::filesystem::remove_all(folder_); }

    std::filesystem::path Write(const std::string& name, const std::string& text) const {
        std::ofstream(folder_ / name) << text;
        return folder_ / name;
    }

    static Result<Settings> Make(const Variables& environment, const Variables& dot_env = {}) {
        return MakeSettings(environment, dot_env, "/opt/programs");
    }

    std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / ("settings." + std::to_string(::getpid()));
};

TEST_F(SettingsTest, HaveDefaultsForEverything) {
    const auto settings = Make({});
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->host, "127.0.0.1");
    EXPECT_EQ(settings->port, 8080);
    EXPECT_GE(settings->workers, 1);
    EXPECT_TRUE(settings->data_dir.is_absolute());
    EXPECT_EQ(settings->processor_program, "/opt/programs/notifications-api-processor");
    EXPECT_TRUE(settings->warnings.empty());
}

TEST_F(SettingsTest, ComeFromTheEnvironmentBeforeTheFile) {
    const auto settings = Make({{"PORT", "9001"}}, {{"PORT", "9002"}, {"HOST", "0.0.0.0"}});
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->port, 9001);
    EXPECT_EQ(settings->host, "0.0.0.0");
}

TEST_F(SettingsTest, RefuseAMalformedValueWithItsNameAndWhatIsAllowed) {
    for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{
             {"PORT", "http"},
             {"LOG_LEVEL", "LOUD"},
             {"WORKERS", "0"},
             {"MODEL_PRECISION", "int8"},
             {"STOP_GRACE_SECONDS", "-1"},
             {"PROCESSOR_MEMORY_MIB", "12x"},
             {"PROCESSOR_MEMORY_MIB", "128"},
             {"DATABASE_PORT", "70000"},
             {"HOST", "nope"},
             {"HOST", "127.0.0.300"},
             {"DATACORE_ENDPOINT", "notaurl"},
             {"WEBHOOK_ALLOW_CIDRS", "10.1"},
             {"API_CORS_ORIGINS", "*"},
             {"API_CORS_ORIGINS", "null"},
             {"API_CORS_ORIGINS", "https://mam.example/"},
             {"API_CORS_ORIGINS", "https://mam.example:443"},
             {"API_CORS_ORIGINS", "https://MAM.example"},
             {"API_CORS_ORIGINS", "https://*.example"},
             {"API_CORS_ORIGINS", "mam.example"},
         }) {
        const auto settings = Make({{name, value}});
        ASSERT_FALSE(settings) << name;
        EXPECT_THAT(settings.error().message, StartsWith(name + ": '"));
        EXPECT_THAT(settings.error().message, HasSubstr("'" + value + "'"));
        EXPECT_THAT(settings.error().message, HasSubstr("allowed is"));
    }
}

TEST_F(SettingsTest, NeverUseSqliteInSilenceWhenADatabaseHostIsSet) {
    const auto settings = Make({{"DATABASE_HOST", "db.example"}});
    ASSERT_TRUE(settings) << "commands that need no database must still work";
    const auto usable = CheckDatabase(settings->database);
    ASSERT_FALSE(usable);
    EXPECT_THAT(usable.error().message, HasSubstr("DATABASE_HOST is set, but DATABASE_USER is not"));
    const auto without_name = Make({{"DATABASE_HOST", "db.example"}, {"DATABASE_USER", "media"}});
    EXPECT_THAT(CheckDatabase(without_name->database).error().message, HasSubstr("DATABASE_NAME is not"));
    const auto whole =
        Make({{"DATABASE_HOST", "db.example"}, {"DATABASE_USER", "media"}, {"DATABASE_NAME", "media"}});
    EXPECT_TRUE(CheckDatabase(whole->database));
    EXPECT_EQ(whole->database.host, "db.example");
    EXPECT_TRUE(CheckDatabase(Make({})->database));
}

TEST_F(SettingsTest, AnEmptyVariableOfTheEnvironmentUndoesALineOfTheFile) {
    const auto settings =
        Make({{"PORT", ""}, {"DATABASE_HOST", ""}}, {{"PORT", "9002"}, {"DATABASE_HOST", "db"}});
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->port, 8080);
    EXPECT_EQ(settings->database.host, "");
}

TEST_F(SettingsTest, TheEnvironmentsFileWinsOverTheDotEnvsValue) {
    const auto path = Write("port", "9100");
    const auto settings = Make({{"PORT_FILE", path.string()}}, {{"PORT", "9002"}});
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->port, 9100);
    EXPECT_EQ(Make({{"PORT", "9001"}}, {{"PORT_FILE", path.string()}})->port, 9001);
    EXPECT_EQ(Make({{"PORT_FILE", ""}}, {{"PORT", "9002"}})->port, 8080);
}

TEST_F(SettingsTest, TakeAddressesNetworksAndUrls) {
    for (const auto* host : {"0.0.0.0", "::1", "localhost", "192.168.1.5"}) {
        EXPECT_TRUE(Make({{"HOST", host}})) << host;
    }
    const auto settings = Make({{"WEBHOOK_ALLOW_CIDRS", "10.1.0.0/16, fd12::/16,127.0.0.1"}});
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_THAT(settings->webhook_allow_cidrs, ElementsAre("10.1.0.0/16", "fd12::/16", "127.0.0.1"));
    const auto origins =
        Make({{"API_CORS_ORIGINS", "https://mam.example, http://localhost:3000,http://[::1]:8080"}});
    ASSERT_TRUE(origins) << origins.error().message;
    EXPECT_THAT(
        origins->origins, ElementsAre("https://mam.example", "http://localhost:3000", "http://[::1]:8080")
    );
    EXPECT_TRUE(Make({})->origins.empty());
    EXPECT_TRUE(Make({{"DATACORE_ENDPOINT", "https://swarm.example:8443"}}));
}

TEST_F(SettingsTest, WarnOnceForEachStoreThatIsNotSupportedYetWithoutItsValue) {
    const auto settings = Make({{"ICONIK_ACCESS_TOKEN", "canary-7"}});
    ASSERT_TRUE(settings);
    EXPECT_THAT(
        settings->warnings,
        ElementsAre("ICONIK_ACCESS_TOKEN is set, but ICONIK_APP_ID is not: there is no source for ICONIK")
    );
    EXPECT_TRUE(settings->stores.empty());
}

TEST_F(SettingsTest, WarnOfNamesInTheFileThatNoSettingHas) {
    const auto settings = MakeSettings(
        {{"PATH", "/bin"}}, {{"WEBHOOK_ALOW_CIDRS", "canary-7"}, {"ICONIK_APP_ID_FILE", ""}}, "/bin"
    );
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_THAT(
        settings->warnings, ElementsAre(".env: there is no setting WEBHOOK_ALOW_CIDRS; it is ignored")
    );
}

TEST_F(SettingsTest, RefuseASecretInAnEndpoint) {
    const auto refused = Make({{"DATACORE_ENDPOINT", "https://user:canary-7@swarm.example"}});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("DATACORE_ENDPOINT"));
}

TEST_F(SettingsTest, TakeTheSecretOfWebhooksWhenItIsLongEnough) {
    EXPECT_EQ(
        Make({{"ICONIK_WEBHOOK_SECRET", "canary-of-sixteen"}})->iconik_webhook_secret, "canary-of-sixteen"
    );
    const auto refused = Make({{"ICONIK_WEBHOOK_SECRET", "canary-7"}});
    ASSERT_FALSE(refused);
    EXPECT_THAT(refused.error().message, HasSubstr("16 or more characters"));
    EXPECT_THAT(refused.error().message, ::testing::Not(HasSubstr("canary-7")));
    EXPECT_EQ(
        Make({{"ICONIK_SYSTEM_DOMAIN_ID", "3F2C8A52-0D7F-11F1-9A51-0A580A3C5B11"}})->iconik_system_domain_id,
        "3f2c8a52-0d7f-11f1-9a51-0a580a3c5b11"
    );
    EXPECT_FALSE(Make({{"ICONIK_SYSTEM_DOMAIN_ID", "mine"}}));
}

TEST_F(SettingsTest, TakeAValueFromTheFileThatNameFileNames) {
    const auto path = Write("port", "9100\n");
    const auto settings = Make({{"PORT_FILE", path.string()}});
    ASSERT_TRUE(settings) << settings.error().message;
    EXPECT_EQ(settings->port, 9100);
    EXPECT_FALSE(Make({{"PORT_FILE", path.string()}, {"PORT", "1"}}));
    const auto missing = Make({{"PORT_FILE", "/nowhere/port"}});
    ASSERT_FALSE(missing);
    EXPECT_THAT(missing.error().message, HasSubstr("PORT_FILE"));
}

TEST_F(SettingsTest, ReadTheFormsOfADotEnvFile) {
    const auto variables = ReadDotEnv(
        Write(".env", "# a comment\nexport PORT=1\nHOST = \"a b\" # why\n\nA='x#y'\nB=plain # note\nC=\n")
    );
    ASSERT_TRUE(variables) << variables.error().message;
    EXPECT_EQ(
        *variables, (Variables{{"PORT", "1"}, {"HOST", "a b"}, {"A", "x#y"}, {"B", "plain"}, {"C", ""}})
    );
}

TEST_F(SettingsTest, PassOverTheMarkThatEditorsPutBeforeUtf8) {
    const auto variables = ReadDotEnv(Write(".env", "\xEF\xBB\xBFPORT=1\n"));
    ASSERT_TRUE(variables) << variables.error().message;
    EXPECT_EQ(*variables, (Variables{{"PORT", "1"}}));
}

TEST_F(SettingsTest, SayWhichLineOfADotEnvFileIsWrong) {
    const auto variables = ReadDotEnv(Write(".env", "PORT=1\nthis is no setting\n"));
    ASSERT_FALSE(variables);
    EXPECT_THAT(variables.error().message, HasSubstr("line 2"));
    EXPECT_FALSE(ReadDotEnv(Write("b.env", "A=\"open\n")));
    EXPECT_TRUE(ReadDotEnv(folder_ / "missing"));
}

TEST_F(SettingsTest, WantBothFilesOfTlsOrNone) {
    EXPECT_EQ(Make({})->Scheme(), "http");
    const auto both = Make({{"TLS_CERTIFICATE", "/tls/cert.pem"}, {"TLS_KEY", "/tls/key.pem"}});
    ASSERT_TRUE(both);
    EXPECT_EQ(both->tls_certificate, "/tls/cert.pem");
    EXPECT_EQ(both->tls_key, "/tls/key.pem");
    EXPECT_EQ(both->Scheme(), "https");
    EXPECT_EQ(
        Make({{"TLS_CERTIFICATE", "/tls/cert.pem"}}).error().message,
        "TLS_CERTIFICATE is set, but TLS_KEY is not; TLS needs both"
    );
    EXPECT_EQ(
        Make({{"TLS_KEY", "/tls/key.pem"}}).error().message,
        "TLS_KEY is set, but TLS_CERTIFICATE is not; TLS needs both"
    );
}

TEST_F(SettingsTest, KnowEveryNamePeopleUse) {
    const auto text = DotEnvExample();
    for (const auto* name :
         {"AWS_ACCESS_KEY",
          "AWS_SECRET_KEY",
          "DATACORE_ENDPOINT",
          "DATACORE_TOKEN",
          "LOG_LEVEL",
          "ICONIK_APP_ID",
          "ICONIK_ACCESS_TOKEN",
          "DATABASE_HOST",
          "DATABASE_PORT",
          "DATABASE_USER",
          "DATABASE_PASSWORD",
          "DATABASE_NAME",
          "HOST",
          "PORT",
          "DATA_DIR"}) {
        EXPECT_THAT(text, HasSubstr("\n#" + std::string(name) + "="));
    }
    EXPECT_EQ(Make({{"LOG_LEVEL", "ALL"}})->log_level, LogLevel::kTrace);
}

TEST_F(SettingsTest, AreWhatTheFilesInTheTreeSay) {
    const std::filesystem::path root = NOTIFY_SOURCE_DIR;
    EXPECT_EQ(ReadFile(root / ".env.example").value(), DotEnvExample());
    EXPECT_EQ(ReadFile(root / ".env.examples").value(), DotEnvExample());
    EXPECT_EQ(ReadFile(root / "docs/configuration.md").value(), ConfigurationPage());
}

TEST_F(SettingsTest, KnowsCredentialsByNameAndKeepsTheirFiles) {
    const auto settings = Make(
        {{"STORE_ARCHIVE_KEY", "AK"}, {"AWS_SECRET_KEY", "secret"}},
        {{"STORE_ARCHIVE_SECRET_FILE", "/run/secret"}}
    );
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->credentials.at("STORE_ARCHIVE_KEY").value, "AK");
    EXPECT_EQ(settings->credentials.at("STORE_ARCHIVE_SECRET").file, "/run/secret");
    EXPECT_EQ(settings->credentials.at("AWS_SECRET_KEY").value, "secret");
    EXPECT_FALSE(settings->credentials.contains("DATACORE_TOKEN"));
    EXPECT_THAT(settings->warnings, ::testing::Not(::testing::Contains(HasSubstr("STORE_"))));
}

}  // namespace
}  // namespace notify
