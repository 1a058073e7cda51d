#include "sources/iconik/signed_media.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/ip_address.hpp"
#include "sources/iconik/media.hpp"
#include "sources/objects/faults.hpp"
#include "unit/sources/iconik/fixture.hpp"

namespace notify::iconik {
namespace {

class SignedMedia : public IconikTest {
protected:
    void SetUp() override {
        Make(fmt::format(R"("proxies": [{}])", Proxy(bytes_, 720)));
        const auto listed = client_.Send(
            {.path = fmt::format("files/v1/assets/{}/proxies/", kAsset), .what = "the proxies"}, {}
        );
        chosen_ = {
            .kind = "proxies", .id = std::string(listed->at("objects").as_array().at(0).at("id").as_string())
        };
    }

    MediaStore::File FileOf(ConnectGuard guard = {}) {
        return {
            std::make_shared<MediaStore>(
                HttpClientSettings{},
                std::move(guard),
                objects::RetryLimits{
                    .attempts = 4,
                    .first_pause = std::chrono::milliseconds(1),
                    .longest_pause = std::chrono::milliseconds(50)
                },
                clock_
            ),
            [this](const std::stop_token& stop) {
                ++renewed_;
                return UrlOf(client_, std::string(kAsset), chosen_, stop);
            },
            "the asset"
        };
    }

    static Result<std::string> Read(MediaStore::File& file, std::uint64_t offset, std::size_t length) {
        std::string bytes(length, '\0');
        const auto read = file.Read(offset, std::as_writable_bytes(std::span(bytes)), {});
        return read ? Result<std::string>(bytes) : Unexpected(read.error());
    }

    const std::string bytes_ = [] {
        std::string made;
        for (int i = 0; made.size() < 300'000; ++i) {
            made += fmt::format("{},", i);
        }
        return made;
    }();
    ChosenMedia chosen_;
    int renewed_ = 0;
};

TEST_F(SignedMedia, IsReadByRanges) {
    auto file = FileOf();
    ASSERT_TRUE(file.Open({}).has_value());
    EXPECT_EQ(file.Size(), bytes_.size());
    EXPECT_EQ(Read(file, 1000, 500).value(), bytes_.substr(1000, 500));
    EXPECT_EQ(Read(file, 0, bytes_.size()).value(), bytes_);
    EXPECT_EQ(renewed_, 1);
}

TEST_F(SignedMedia, IsAskedForWithoutIconiksCredentials) {
    auto file = FileOf();
    ASSERT_TRUE(file.Open({}).has_value());
    const auto seen = fake_.Seen();
    for (const auto& name : seen.at("media_headers").as_array()) {
        EXPECT_NE(name.as_string(), "app-id");
        EXPECT_NE(name.as_string(), "auth-token");
    }
}

TEST_F(SignedMedia, AUrlThatEndedIsRenewed) {
    auto file = FileOf();
    ASSERT_TRUE(file.Open({}).has_value());
    fake_.Set(R"({"expire_urls": true})");
    EXPECT_EQ(Read(file, 0, 100).value(), bytes_.substr(0, 100));
    EXPECT_EQ(renewed_, 2);
}

TEST_F(SignedMedia, AUrlThatEndsAtOnceIsNotRenewedForEver) {
    auto file = FileOf();
    ASSERT_TRUE(file.Open({}).has_value());
    fake_.Set(R"({"expire_urls": true, "url_seconds": 0})");
    EXPECT_EQ(Read(file, 0, 100).error().code, ErrorCode::kUnavailable);
    EXPECT_LE(renewed_, 6);
}

TEST_F(SignedMedia, ABodyThatBreaksOffIsContinued) {
    auto file = FileOf();
    ASSERT_TRUE(file.Open({}).has_value());
    fake_.Set(R"({"faults": [{"path": "/media/", "do": "cut", "times": 3}]})");
    EXPECT_EQ(Read(file, 0, bytes_.size()).value(), bytes_);
}

TEST_F(SignedMedia, AnAddressThatLeadsElsewhereIsFollowedThreeTimes) {
    for (const int status : {301, 302, 303, 307, 308}) {
        auto file = FileOf();
        fake_.Set(
            fmt::format(
                R"({{"faults": [{{"path": "/media/", "do": "redirect", "status": {}, "times": 3}}]}})", status
            )
        );
        ASSERT_TRUE(file.Open({}).has_value()) << status;
        EXPECT_EQ(Read(file, 1000, 500).value(), bytes_.substr(1000, 500));
    }
    auto file = FileOf();
    fake_.Set(R"({"faults": [{"path": "/media/", "do": "redirect", "times": 99}]})");
    const auto opened = file.Open({});
    ASSERT_FALSE(opened.has_value());
    EXPECT_NE(opened.error().message.find("more than three times"), std::string::npos);
    EXPECT_EQ(opened.error().message.find("X-Signature"), std::string::npos);
    fake_.Set(
        R"({"faults": [{"path": "/media/", "do": "redirect", "to": "file:///etc/passwd", "times": 99}]})"
    );
    EXPECT_FALSE(FileOf().Open({}).has_value());
}

TEST_F(SignedMedia, EachPlaceItIsSentOnToIsJudgedByTheGuardAndGetsNoCredentials) {
    int judged = 0;
    auto file = FileOf([&](const ResolvedAddress&) -> Result<void> {
        return ++judged == 1 ? Result<void>{} : Fail(ErrorCode::kForbidden, "not that place");
    });
    const auto port = fake_.Seen().at("media_port").to_number<int>();
    fake_.Set(
        fmt::format(
            R"({{"faults": [{{"path": "/media/", "do": "redirect", "to": "http://127.0.0.2:{}SELF", "times": 1}}]}})",
            port
        )
    );
    const auto opened = file.Open({});
    ASSERT_FALSE(opened.has_value());
    EXPECT_EQ(opened.error().message, "not that place");
    EXPECT_EQ(judged, 2);
    const auto seen = fake_.Seen();
    for (const auto& name : seen.at("media_headers").as_array()) {
        EXPECT_NE(name.as_string(), "auth-token");
    }
}

TEST_F(SignedMedia, ItsAddressIsInNoSentence) {
    auto file = FileOf();
    ASSERT_TRUE(file.Open({}).has_value());
    for (const int status : {400, 404, 500}) {
        fake_.Set(
            fmt::format(
                R"({{"faults": [{{"path": "/media/", "do": "status", "status": {}, "times": 9}}]}})", status
            )
        );
        const auto read = Read(file, 0, 100);
        ASSERT_FALSE(read.has_value());
        EXPECT_EQ(read.error().message.find("X-Signature"), std::string::npos);
        EXPECT_EQ(read.error().message.find("/media/"), std::string::npos);
    }
}

TEST(MediaGuard, RefusesThisMachineUnlessIconikIsOnIt) {
    const auto guard = GuardOfMedia("app.iconik.io", "");
    const auto to = [&](std::string_view address) {
        return guard({.ip = IpAddress::Parse(address).value(), .port = 80}).has_value();
    };
    EXPECT_FALSE(to("127.0.0.1"));
    EXPECT_FALSE(to("169.254.169.254"));
    EXPECT_FALSE(to("::1"));
    for (const auto* other_words :
         {"0.0.0.0", "::", "::ffff:127.0.0.1", "::ffff:7f00:1", "::ffff:169.254.169.254"}) {
        EXPECT_FALSE(to(other_words)) << other_words;
    }
    EXPECT_TRUE(to("10.1.2.3"));
    EXPECT_TRUE(to("142.250.1.1"));
    EXPECT_FALSE(static_cast<bool>(GuardOfMedia("127.0.0.1", "")));
    EXPECT_FALSE(static_cast<bool>(GuardOfMedia("app.iconik.io", "http://proxy.example:3128")));
}

}  // namespace
}  // namespace notify::iconik
