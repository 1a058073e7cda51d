#include "sources/iconik/telling.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "sources/iconik/config.hpp"

namespace notify::iconik {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(IconikTelling, TheAddressGetsThePathOfTheIntake) {
    EXPECT_EQ(IntakeUrl("https://host.example").value(), "https://host.example/v1/intake/iconik");
    EXPECT_EQ(IntakeUrl("https://host.example/").value(), "https://host.example/v1/intake/iconik");
    EXPECT_EQ(
        IntakeUrl("http://host.example:8080/notify/").value(),
        "http://host.example:8080/notify/v1/intake/iconik"
    );
    EXPECT_EQ(
        IntakeUrl("https://host.example/v1/intake/iconik").value(), "https://host.example/v1/intake/iconik"
    );
}

TEST(IconikTelling, WhatIsNoAddressIsRefused) {
    for (const auto* const text :
         {"",
          "host.example",
          "ftp://host.example",
          "https://me:pass@host.example",
          "https://host.example/?a=b"}) {
        const auto url = IntakeUrl(text);
        ASSERT_FALSE(url.has_value()) << text;
        EXPECT_EQ(url.error().code, ErrorCode::kInvalidArgument);
        EXPECT_THAT(url.error().message, HasSubstr("/system_endpoint: must be the URL"));
    }
}

TEST(IconikTelling, WhatIconikMayNotReachIsWarnedOf) {
    EXPECT_THAT(WarningsOf("https://host.example/v1/intake/iconik"), IsEmpty());
    EXPECT_THAT(WarningsOf("http://host.example/v1"), ElementsAre(HasSubstr("is not https")));
    for (const auto* const host :
         {"localhost", "127.0.0.1:8080", "10.1.2.3", "[::1]", "media.local", "server"}) {
        EXPECT_THAT(
            WarningsOf(std::string("https://") + host + "/v1"), ElementsAre(HasSubstr("private network"))
        ) << host;
    }
}

TEST(IconikTelling, IsReadOfTheConfiguration) {
    const auto read = ReadConfig(
        R"({"endpoint": "https://app.iconik.io", "system_endpoint": "https://host.example", "webhook_name": "News",
            "action_title": "Find", "webhooks": ["22222222-2222-4222-8222-222222222222"]})"
    );
    ASSERT_TRUE(read.has_value()) << read.error().message;
    EXPECT_EQ(read->telling.webhook_name, "News");
    EXPECT_EQ(read->telling.webhooks.size(), 1U);
    EXPECT_THAT(
        ReadConfig(R"({"endpoint": "https://app.iconik.io", "webhooks": ["no id"]})").error().message,
        HasSubstr("/webhooks: must hold ids")
    );
    EXPECT_THAT(
        ReadConfig(R"({"endpoint": "https://app.iconik.io", "system_endpoint": "host"})").error().message,
        HasSubstr("/system_endpoint")
    );
}

}  // namespace
}  // namespace notify::iconik
