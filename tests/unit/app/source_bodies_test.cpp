#include "app/commands/source_bodies.hpp"

#include <fstream>
#include <string>

#include <boost/json.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/temporary_folder.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

class SourceBodiesTest : public ::testing::Test {
protected:
    /// The path of a file that holds the text.
    [[nodiscard]] std::string File(const std::string& text) const {
        const auto path = folder_.Path() / text;
        std::ofstream(path) << text << "\n";
        return path;
    }

    testing::TemporaryFolder folder_;
};

TEST_F(SourceBodiesTest, OfAConfigurationKeepWhatIsNotGivenAndRemoveWhatIsNull) {
    const boost::json::object there{
        {"endpoint", "https://a"}, {"proxy", "http://p:3128"}, {"ca_file", "/etc/ca.pem"}
    };
    const auto config = SourceConfig(
        {.config = R"({"proxy": null, "max_connections": 4})", .store = {.endpoint = "https://b"}}, there
    );
    EXPECT_EQ(
        config.value(),
        (boost::json::object{{"endpoint", "https://b"}, {"ca_file", "/etc/ca.pem"}, {"max_connections", 4}})
    );
    EXPECT_FALSE(SourceConfig({.config = "[]"}, there));
}

TEST_F(SourceBodiesTest, OfATemporaryKeyHoldItsSessionToken) {
    const auto body = SecretBody(
        {.store = {.access_key = "AK", .secret_file = File("secret"), .session_token_file = File("session")}}
    );
    EXPECT_EQ(
        boost::json::serialize(body.value().value()),
        R"({"access_key":"AK","secret_key":"secret","session_token":"session"})"
    );
}

TEST_F(SourceBodiesTest, RefuseSecretsThatDoNotFitTogether) {
    const auto file = File("secret");
    for (const auto& store :
         {StoreWords{.access_key = "AK"},
          StoreWords{.secret_file = file},
          StoreWords{.session_token_file = file},
          StoreWords{.session_token_file = file, .token_file = file},
          StoreWords{.access_key = "AK", .token_file = file},
          StoreWords{.access_key = "AK", .secret_file = file, .token_file = file}}) {
        const auto body = SecretBody({.store = store});
        ASSERT_FALSE(body);
        EXPECT_THAT(body.error().message, HasSubstr("--session-token-file"));
    }
    EXPECT_EQ(SecretBody({}).value(), std::nullopt);
}

}  // namespace
}  // namespace notify
