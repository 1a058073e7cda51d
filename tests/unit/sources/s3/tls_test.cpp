// Certificates: a good one is accepted, no other is, and there is no switch that would make it otherwise.

#include <chrono>
#include <string>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "fakes/s3_server.hpp"
#include "servers/test_authority.hpp"
#include "sources/s3/client.hpp"
#include "support/temporary_folder.hpp"
#include "unit/sources/s3/fixture.hpp"

namespace notify::s3 {
namespace {

using namespace std::chrono_literals;
using notify::testing::FakeS3;
using notify::testing::TestAuthority;

class S3Tls : public ::testing::Test {
protected:
    [[nodiscard]] Result<ListPage> List(const FakeS3& fake, HttpClientSettings network) const {
        Client client(
            {.endpoint = Endpoint::Parse(fake.Url()).value(),
             .network = std::move(network),
             .retry = QuickRetries()},
            [](const Credentials* /*refused*/) { return kGood; },
            clock_
        );
        return client.List("media", {}, {});
    }

    void ExpectRefused(const std::string& pem, std::string_view part) const {
        const FakeS3 fake(pem);
        const auto error = List(fake, {.ca_file = authority_.CaFile()}).error();
        EXPECT_EQ(error.code, ErrorCode::kUnavailable);
        EXPECT_EQ(error.reason, objects::kTlsRefused);
        EXPECT_NE(error.message.find(part), std::string::npos) << error.message;
    }

    SystemClock clock_;
    notify::testing::TemporaryFolder folder_;
    TestAuthority authority_{folder_.Path()};
};

TEST_F(S3Tls, AcceptsACertificateOfItsAuthority) {
    const FakeS3 fake(authority_.Certificate("IP:127.0.0.1"));
    EXPECT_TRUE(List(fake, {.ca_file = authority_.CaFile()}).has_value());
}

TEST_F(S3Tls, RefusesItWithoutThatAuthority) {
    const FakeS3 fake(authority_.Certificate("IP:127.0.0.1"));
    const auto error = List(fake, {}).error();
    EXPECT_EQ(error.reason, objects::kTlsRefused);
    EXPECT_NE(error.message.find("ca_file"), std::string::npos) << error.message;
}

TEST_F(S3Tls, RefusesAnotherHostsCertificate) {
    ExpectRefused(authority_.Certificate("DNS:other.example"), "no alternative certificate subject name");
}

TEST_F(S3Tls, RefusesAnExpiredCertificate) {
    ExpectRefused(authority_.Certificate("IP:127.0.0.1", -60s), "expired");
}

TEST_F(S3Tls, RefusesASelfSignedCertificate) {
    ExpectRefused(authority_.SelfSigned("IP:127.0.0.1"), "self-signed");
}

TEST_F(S3Tls, ShowsItsOwnCertificateToAStoreThatAsksForOne) {
    const FakeS3 fake(authority_.Certificate("IP:127.0.0.1"), authority_.CaFile());
    EXPECT_FALSE(List(fake, {.ca_file = authority_.CaFile()}).has_value());
    const auto own = authority_.Certificate("DNS:client");
    EXPECT_TRUE(
        List(fake, {.ca_file = authority_.CaFile(), .client_certificate = own, .client_key = own}).has_value()
    );
}

TEST_F(S3Tls, AFileOfAuthoritiesThatIsMissingIsSaid) {
    const FakeS3 fake(authority_.Certificate("IP:127.0.0.1"));
    EXPECT_EQ(List(fake, {.ca_file = "/nowhere/ca.pem"}).error().reason, objects::kBadNetworkSetup);
}

}  // namespace
}  // namespace notify::s3
