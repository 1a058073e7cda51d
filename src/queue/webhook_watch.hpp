#pragma once

// Whether the webhooks that sources have in their stores still tell us of what is new. Only a store knows.

#include <functional>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "sources/setup.hpp"
#include "storage/storage.hpp"

namespace notify {

/// How the webhooks of a source stood when they were last read.
struct WebhookState {
    SourceId source_id;
    std::optional<Timestamp> read_at;  ///< Nothing when they never could be.
    std::vector<StoreWebhook> webhooks;
    std::string sentence;  ///< Why they cannot be read now; "" when they can.
};

/// SourceRegistry::Webhooks.
using ReadWebhooks = std::function<Result<std::vector<StoreWebhook>>(const Source&, const std::stop_token&)>;

/// One thread that reads them every 5 minutes. Everything borrowed outlives it.
class WebhookWatch final {
public:
    /// `told` is called on its thread after an event was written.
    WebhookWatch(Storage& storage, const Clock& clock, ReadWebhooks read, std::function<void()> told)
        : storage_(storage), clock_(clock), read_(std::move(read)), told_(std::move(told)) {}

    ~WebhookWatch();
    WebhookWatch(const WebhookWatch&) = delete;
    WebhookWatch& operator=(const WebhookWatch&) = delete;

    void Start();
    void Stop();

    /// Reads those of every source, and writes source.webhook_failing for each that is not enabled and was
    /// otherwise when it was read before; over a restart once as long as it fails since the same moment (and
    /// events are kept: RETENTION_DAYS). How many events. A source that cannot be read is noted, and holds up
    /// no other. kStopped, errors of the storage.
    [[nodiscard]] Result<int> RunOnce(const std::stop_token& stop);

    /// Of the sources that have any. Thread-safe.
    [[nodiscard]] std::vector<WebhookState> States() const;

private:
    void Loop(const std::stop_token& stop);
    [[nodiscard]] Result<int> Look(const Source& source, WebhookState& state, const std::stop_token& stop);
    [[nodiscard]] WebhookState StateOf(const SourceId& id) const;

    Storage& storage_;
    const Clock& clock_;
    const ReadWebhooks read_;
    const std::function<void()> told_;
    mutable std::mutex mutex_;
    std::vector<WebhookState> states_;
    std::jthread thread_;
};

}  // namespace notify
