#include "app/listener_certificate.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "app/settings.hpp"
#include "core/certificate.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "http/server/server.hpp"

namespace notify {

namespace {

constexpr std::size_t kMostBytes = 1U << 20U;

Unexpected Of(const char* setting, const Error& error) {
    return Unexpected(error.Within(setting));
}

Result<TlsIdentity> ReadFiles(const Settings& settings) {
    auto certificates = ReadFile(settings.tls_certificate, kMostBytes);
    if (!certificates) {
        return Of("TLS_CERTIFICATE", certificates.error());
    }
    auto key = ReadFile(settings.tls_key, kMostBytes);
    if (!key) {
        return Of("TLS_KEY", key.error());
    }
    return TlsIdentity{.certificates = *std::move(certificates), .key = *std::move(key)};
}

Result<ListenerCertificate> Check(TlsIdentity identity, Timestamp now) {
    auto read = ReadCertificates(identity.certificates);
    if (!read) {
        return Of("TLS_CERTIFICATE", read.error());
    }
    if (auto fits = CheckKeyOf(identity.certificates, identity.key); !fits) {
        return Of("TLS_KEY", fits.error());
    }
    auto& shown = read->front();
    if (shown.expires_at <= now) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("TLS_CERTIFICATE: {} expired at {}", shown.subject, ToRfc3339(shown.expires_at))
        );
    }
    return ListenerCertificate{.identity = std::move(identity), .shown = std::move(shown)};
}

}  // namespace

Result<ListenerCertificate> ReadListenerCertificate(const Settings& settings, Timestamp now) {
    return ReadFiles(settings).and_then([&](TlsIdentity identity) {
        return Check(std::move(identity), now);
    });
}

CertificateWatch::CertificateWatch(
    const Settings& settings, const Clock& clock, ListenerCertificate in_use, Present present
)
    : settings_(settings), clock_(clock), in_use_(std::move(in_use)), present_(std::move(present)) {
    NoteExpiry();
}

void CertificateWatch::Look() {
    const auto taken = TakeNext();
    const auto wrong = taken ? std::string() : taken.error().message;
    if (wrong == seen_ && wrong != said_) {
        if (!wrong.empty()) {
            Log(LogLevel::kWarn,
                "the new TLS certificate is not used; the old one stays",
                {{"error", wrong}});
        }
        said_ = wrong;
    }
    seen_ = wrong;
    NoteExpiry();
}

Result<void> CertificateWatch::TakeNext() {
    auto identity = ReadFiles(settings_);
    if (!identity) {
        return Unexpected(identity.error());
    }
    if (*identity == in_use_.identity) {
        return {};
    }
    auto next = Check(*std::move(identity), clock_.Now());
    if (!next) {
        return Unexpected(next.error());
    }
    return present_(next->identity).map([&] {
        in_use_ = *std::move(next);
        told_of_expiry_ = {};
        Log(LogLevel::kInfo,
            "a new TLS certificate is in use",
            {{"subject", in_use_.shown.subject}, {"expires_at", ToRfc3339(in_use_.shown.expires_at)}});
    });
}

void CertificateWatch::NoteExpiry() {
    const auto now = clock_.Now();
    const auto left = in_use_.shown.expires_at - now;
    if (left >= kExpiresSoon || now - told_of_expiry_ < std::chrono::days(1)) {
        return;
    }
    told_of_expiry_ = now;
    Log(LogLevel::kWarn,
        left > std::chrono::milliseconds::zero()
            ? "the TLS certificate ends soon: replace the files TLS_CERTIFICATE and TLS_KEY"
            : "the TLS certificate has ended: replace the files TLS_CERTIFICATE and TLS_KEY",
        {{"subject", in_use_.shown.subject}, {"expires_at", ToRfc3339(in_use_.shown.expires_at)}});
}

}  // namespace notify
