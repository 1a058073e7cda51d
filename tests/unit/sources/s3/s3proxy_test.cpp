// The client against s3proxy, which others wrote and which checks every signature.

#include "servers/s3proxy.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file_byte_source.hpp"
#include "core/http_client.hpp"
#include "core/url.hpp"
#include "sources/objects/object_reader.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/listing.hpp"
#include "unit/sources/s3/fixture.hpp"

namespace notify::s3 {
namespace {

using notify::testing::S3Proxy;

class SetClockAhead final : public Clock {
public:
    [[nodiscard]] Timestamp Now() const override { return SystemClock().Now() + std::chrono::hours(2); }
};

class S3ProxyTest : public ::testing::Test {
protected:
    static void SetUpTestSuite() {
        if (S3Proxy::IsThere()) {
            server_ = std::make_unique<S3Proxy>();
        }
    }

    static void TearDownTestSuite() { server_.reset(); }

    void SetUp() override {
        if (!server_) {
            GTEST_SKIP() << "s3proxy was not fetched by script/bootstrap test";
        }
        client_ = MakeClient(kGood);
    }

    [[nodiscard]] std::unique_ptr<Client> MakeClient(const Credentials& credentials) const {
        return MakeClient(credentials, clock_);
    }

    [[nodiscard]] std::unique_ptr<Client> MakeClient(
        const Credentials& credentials, const Clock& clock
    ) const {
        return std::make_unique<Client>(
            ClientSettings{.endpoint = Endpoint::Parse(server_->Url()).value(), .retry = QuickRetries()},
            [credentials](const Credentials* /*refused*/) { return credentials; },
            clock
        );
    }

    static inline std::unique_ptr<S3Proxy> server_;
    SystemClock clock_;
    std::unique_ptr<Client> client_;
};

std::string ReadBack(Client& client, const std::string& key) {
    const auto info = client.Head("media", key, {}).value();
    std::string bytes(info.size_bytes, '\0');
    const auto done = client.Read(
        "media",
        key,
        {.object_size = info.size_bytes, .etag = info.etag},
        std::as_writable_bytes(std::span(bytes)),
        {}
    );
    return done ? bytes : done.error().message;
}

TEST_F(S3ProxyTest, OddKeysRoundTripAndAreListedAsTheyAre) {
    const std::vector<std::string> keys{
        "sp ace +plus%25&=\xc3\xa9\xe6\x97\xa5.mxf",
        "tilde~!*'()",
        "q?m#h;:@$,[]",
        "deep/er/a b",
        "100%",
        "%2F.mxf"
    };
    for (const auto& key : keys) {
        const auto etag = client_->Write("media", key, "of " + key, {}, {});
        ASSERT_TRUE(etag.has_value()) << key << ": " << etag.error().message;
        EXPECT_EQ(ReadBack(*client_, key), "of " + key);
    }
    Listing listing(*client_, "media", "");
    const auto page = listing.Next({});
    ASSERT_TRUE(page.has_value()) << page.error().message;
    std::vector<std::string> listed;
    for (const auto& object : page->value().objects) {
        listed.push_back(object.key);
    }
    for (const auto& key : keys) {
        EXPECT_NE(std::ranges::find(listed, key), listed.end()) << key;
        EXPECT_TRUE(client_->Remove("media", key, {}).has_value());
    }
}

TEST_F(S3ProxyTest, ListsOverPagesFromAKeyOn) {
    for (int i = 0; i < 25; ++i) {
        ASSERT_TRUE(client_->Write("media", fmt::format("many/{:03}", i), "x", {}, {}).has_value());
    }
    std::vector<std::string> keys;
    ListRequest request{.prefix = "many/", .max_keys = 10};
    for (bool more = true; more;) {
        const auto page = client_->List("media", request, {}).value();
        for (const auto& object : page.objects) {
            keys.push_back(object.key);
        }
        request.token = page.next_token;
        request.start_after = keys.back();
        more = page.truncated;
    }
    EXPECT_EQ(keys.size(), 25U);
    EXPECT_TRUE(std::ranges::is_sorted(keys));
    const auto after = client_->List("media", {.prefix = "many/", .start_after = "many/019"}, {}).value();
    EXPECT_EQ(after.objects.at(0).key, "many/020");
    EXPECT_EQ(after.objects.size(), 5U);
}

TEST_F(S3ProxyTest, WritesInPartsAndReadsThemThrough) {
    class Repeated final : public ByteSource {
    public:
        [[nodiscard]] std::uint64_t Size() const override { return (10U << 20U) + 7; }

        [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
            const auto count = std::min<std::uint64_t>(into.size(), Size() - offset);
            for (std::size_t i = 0; i < count; ++i) {
                into[i] = static_cast<std::byte>((offset + i) % 251);
            }
            return count;
        }
    };

    Repeated source;
    ASSERT_TRUE(client_->WriteParts("media", "parts.mxf", source, {.part_bytes = 5U << 20U}, {}).has_value());
    const auto info = client_->Head("media", "parts.mxf", {}).value();
    ASSERT_EQ(info.size_bytes, source.Size());
    objects::ObjectReader reader(
        RangesOf(*client_, "media", "parts.mxf", info), info.size_bytes, {}, {.piece_bytes = 1U << 20U}
    );
    std::vector<std::byte> got(700'000);
    std::vector<std::byte> wanted(700'000);
    for (std::uint64_t offset = 0; offset < info.size_bytes; offset += got.size()) {
        const auto count = reader.ReadAt(offset, got).value();
        ASSERT_EQ(count, source.ReadAt(offset, wanted).value());
        ASSERT_TRUE(
            std::equal(got.begin(), got.begin() + static_cast<std::ptrdiff_t>(count), wanted.begin())
        );
    }
}

TEST_F(S3ProxyTest, ANewVersionIsAConflict) {
    const auto etag = client_->Write("media", "v", "first", {}, {}).value();
    ASSERT_TRUE(client_->Write("media", "v", "other", {}, {}).has_value());
    std::string bytes(5, '\0');
    const auto done = client_->Read(
        "media", "v", {.object_size = 5, .etag = etag}, std::as_writable_bytes(std::span(bytes)), {}
    );
    EXPECT_EQ(done.error().code, ErrorCode::kConflict);
}

TEST_F(S3ProxyTest, SaysWhatIsWrong) {
    EXPECT_EQ(client_->Head("media", "missing", {}).error().reason, objects::kNoObject);
    EXPECT_EQ(client_->List("nowhere", {}, {}).error().reason, objects::kNoBucket);
    const auto wrong = MakeClient({.access_key = "AKTEST", .secret_key = "wrong"});
    EXPECT_EQ(wrong->List("media", {}, {}).error().reason, objects::kCredentialsRefused);
    EXPECT_EQ(wrong->Head("media", "missing", {}).error().reason, objects::kCredentialsRefused);
    const auto unknown = MakeClient({.access_key = "AKNONE", .secret_key = "wrong"});
    EXPECT_EQ(unknown->List("media", {}, {}).error().code, ErrorCode::kUnauthenticated);
}

TEST_F(S3ProxyTest, AClockTwoHoursOffIsLearned) {
    const SetClockAhead ahead;
    const auto client = MakeClient(kGood, ahead);
    const auto page = client->List("media", {}, {});
    EXPECT_TRUE(page.has_value()) << page.error().message;
    EXPECT_NEAR(std::chrono::duration<double>(client->ClockOffset()).count(), -7200, 30);
}

TEST_F(S3ProxyTest, APresignedUrlReads) {
    ASSERT_TRUE(client_->Write("media", "pre signed+.txt", "hello", {}, {}).has_value());
    const auto url = client_->PresignRead("media", "pre signed+.txt", std::chrono::seconds(60)).value();
    EXPECT_EQ(HttpClient().Send({.url = Url::Parse(url).value()}, {}).value().body, "hello");
}

}  // namespace
}  // namespace notify::s3
