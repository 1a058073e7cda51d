#include "app/listener_certificate.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include "app/settings.hpp"
#include "core/clock.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "http/server/server.hpp"
#include "servers/test_authority.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::internal::CaptureStderr;
using ::testing::internal::GetCapturedStderr;

class SetClock final : public Clock {
public:
    [[nodiscard]] Timestamp Now() const override { return now; }

    Timestamp now = SystemClock().Now();
};

class ListenerCertificateTest : public ::testing::Test {
protected:
    ListenerCertificateTest() {
        settings_.tls_certificate = folder_ / "certificate.pem";
        settings_.tls_key = folder_ / "key.pem";
    }

    ~ListenerCertificateTest() override { std::filesystem::remove_all(folder_); }

    /// Certificate and key, in one text.
    std::string Issue(std::chrono::seconds valid_for = std::chrono::days(60)) const {
        return ReadFile(authority_.Certificate("IP:127.0.0.1", valid_for)).value();
    }

    void Put(const std::string& certificate, const std::string& key) const {
        ASSERT_TRUE(WriteFileAtomically(settings_.tls_certificate, certificate));
        ASSERT_TRUE(WriteFileAtomically(settings_.tls_key, key));
    }

    Result<ListenerCertificate> Read() const { return ReadListenerCertificate(settings_, clock_.now); }

    void Watch() {
        watch_ = std::make_unique<CertificateWatch>(
            settings_, clock_, Read().value(), [this](const TlsIdentity& identity) -> Result<void> {
                presented_.push_back(identity);
                return {};
            }
        );
    }

    /// What the log says of one look.
    std::string Look() {
        CaptureStderr();
        watch_->Look();
        return GetCapturedStderr();
    }

    const std::filesystem::path folder_ =
        std::filesystem::temp_directory_path() / fmt::format("listener_certificate_test.{}", ::getpid());
    const testing::TestAuthority authority_{(std::filesystem::create_directories(folder_), folder_)};
    Settings settings_;
    SetClock clock_;
    std::vector<TlsIdentity> presented_;
    std::unique_ptr<CertificateWatch> watch_;
};

TEST_F(ListenerCertificateTest, SaysWhatIsWrongWithTheFilesAndNothingOfTheKey) {
    EXPECT_THAT(Read().error().message, HasSubstr("TLS_CERTIFICATE"));
    const auto mine = Issue();
    Put(mine, mine);
    ASSERT_TRUE(Read());
    EXPECT_EQ(Read()->shown.subject, "CN=server of a test");
    std::filesystem::remove(settings_.tls_key);
    EXPECT_THAT(Read().error().message, HasSubstr("TLS_KEY"));
    Put(mine, Issue());
    EXPECT_THAT(Read().error().message, HasSubstr("TLS_KEY: the key of another certificate"));
    Put("no certificate", mine);
    EXPECT_THAT(Read().error().message, HasSubstr("TLS_CERTIFICATE: no certificate in it"));
    Put(mine, "a passphrase of somebody");
    EXPECT_THAT(Read().error().message, HasSubstr("TLS_KEY: a key that cannot be read"));
    EXPECT_THAT(Read().error().message, Not(HasSubstr("somebody")));
    const auto old = Issue(std::chrono::seconds(-60));
    Put(old, old);
    EXPECT_THAT(Read().error().message, HasSubstr("TLS_CERTIFICATE: CN=server of a test expired at 20"));
}

TEST_F(ListenerCertificateTest, TakesTheNextOneOnceAndSaysSo) {
    const auto first = Issue();
    Put(first, first);
    Watch();
    EXPECT_EQ(Look(), "");
    EXPECT_TRUE(presented_.empty());
    const auto next = Issue();
    Put(next, next);
    EXPECT_THAT(Look(), HasSubstr("a new TLS certificate is in use"));
    EXPECT_EQ(Look(), "");
    ASSERT_EQ(presented_.size(), 1U);
    EXPECT_EQ(presented_.front().certificates, next);
}

TEST_F(ListenerCertificateTest, KeepsTheOldOneAndSaysOnceWhyTheNextCannotBeUsed) {
    const auto first = Issue();
    Put(first, first);
    Watch();
    const auto next = Issue();
    Put(next, first);  // the certificate's file is replaced, the key's not yet
    EXPECT_EQ(Look(), "");
    const auto said = Look();
    EXPECT_THAT(said, HasSubstr("warn"));
    EXPECT_THAT(said, HasSubstr("TLS_KEY: the key of another certificate"));
    EXPECT_EQ(Look(), "");
    EXPECT_TRUE(presented_.empty());
    Put(next, next);
    EXPECT_THAT(Look(), HasSubstr("in use"));
    EXPECT_EQ(presented_.size(), 1U);
    std::filesystem::remove(settings_.tls_certificate);
    EXPECT_EQ(Look(), "");
    EXPECT_THAT(Look(), HasSubstr("the old one stays"));
    Put(next, next);
    EXPECT_EQ(Look(), "");
    EXPECT_EQ(presented_.size(), 1U);
}

TEST_F(ListenerCertificateTest, RefusesANextOneThatHasExpired) {
    const auto first = Issue();
    Put(first, first);
    Watch();
    const auto old = Issue(std::chrono::seconds(-60));
    Put(old, old);
    EXPECT_EQ(Look(), "");
    EXPECT_THAT(Look(), HasSubstr("expired at"));
    EXPECT_TRUE(presented_.empty());
}

TEST_F(ListenerCertificateTest, TellsOnceADayOfAnEndWithinFourteenDays) {
    const auto first = Issue(std::chrono::days(15));
    Put(first, first);
    CaptureStderr();
    Watch();
    EXPECT_EQ(GetCapturedStderr(), "");
    clock_.now += std::chrono::days(1) + std::chrono::hours(1);
    EXPECT_THAT(Look(), HasSubstr("the TLS certificate ends soon"));
    EXPECT_EQ(Look(), "");
    clock_.now += std::chrono::hours(23);
    EXPECT_EQ(Look(), "");
    clock_.now += std::chrono::hours(1);
    EXPECT_THAT(Look(), HasSubstr("the TLS certificate ends soon"));
    CaptureStderr();
    Watch();  // a service that starts now
    EXPECT_THAT(GetCapturedStderr(), HasSubstr("the TLS certificate ends soon"));
    clock_.now += std::chrono::days(14);
    EXPECT_THAT(Look(), HasSubstr("the TLS certificate has ended"));
}

}  // namespace
}  // namespace notify
