#pragma once

// The certificate that the API shows, in the files TLS_CERTIFICATE and TLS_KEY.

#include <chrono>
#include <functional>
#include <string>

#include "app/settings.hpp"
#include "core/certificate.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "http/server/server.hpp"

namespace notify {

inline constexpr std::chrono::days kExpiresSoon{14};

struct ListenerCertificate {
    TlsIdentity identity;
    Certificate shown;  ///< Who it says it is, and until when.
};

/// What the two files hold now. One sentence with the setting's name when one cannot be read, the key is not
/// the certificate's, or it has expired.
[[nodiscard]] Result<ListenerCertificate> ReadListenerCertificate(const Settings& settings, Timestamp now);

/// Takes the files' next certificate into use when they change, and says in the log what became of it. Of one
/// thread.
class CertificateWatch final {
public:
    /// Takes a certificate into use.
    using Present = std::function<Result<void>(const TlsIdentity&)>;

    /// Borrows the settings and the clock.
    CertificateWatch(
        const Settings& settings, const Clock& clock, ListenerCertificate in_use, Present present
    );

    /// Reads the files. What cannot be used is said once, when the next look finds it too: two files are not
    /// replaced in one moment. A certificate in use that ends within 14 days is told of once a day.
    void Look();

private:
    Result<void> TakeNext();
    void NoteExpiry();

    const Settings& settings_;
    const Clock& clock_;
    ListenerCertificate in_use_;
    Present present_;
    std::string seen_;  ///< What the last look found wrong.
    std::string said_;  ///< What was wrong when the log was told last.
    Timestamp told_of_expiry_;
};

}  // namespace notify
