#pragma once

// Credentials of stores end. Says so while there is time: an event 7 days and one 24 hours before.

#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/source.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The secret that will be the last to end; null when there is none, or one that never ends.
[[nodiscard]] const SourceSecret* LastToEnd(const std::vector<SourceSecret>& secrets);

/// The warning that is due of credentials that end then: "24h" from 24 hours before on, "7d" from 7 days
/// before on, nothing earlier.
[[nodiscard]] std::optional<std::string_view> WarningDue(Timestamp expires_at, Timestamp now) noexcept;

/// One thread that looks once a minute. Everything borrowed outlives it.
class SecretExpiry final {
public:
    /// `told` is called on its thread after an event was written.
    SecretExpiry(Storage& storage, const Clock& clock, std::function<void()> told)
        : storage_(storage), clock_(clock), told_(std::move(told)) {}

    ~SecretExpiry();
    SecretExpiry(const SecretExpiry&) = delete;
    SecretExpiry& operator=(const SecretExpiry&) = delete;

    void Start();
    void Stop();

    /// Writes source.credentials_expiring for each source whose last secret is about to end: once for each
    /// secret and warning (as long as events are kept: RETENTION_DAYS). How many.
    [[nodiscard]] Result<int> RunOnce();

private:
    void Loop(const std::stop_token& stop);

    Storage& storage_;
    const Clock& clock_;
    const std::function<void()> told_;
    std::jthread thread_;
};

}  // namespace notify
