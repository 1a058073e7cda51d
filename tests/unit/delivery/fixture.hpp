#pragma once

// The whole delivery side on a real database in a temporary folder, with a clock that tests set.

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/secret_box.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/publishing/publisher.hpp"
#include "delivery/replay.hpp"
#include "delivery/webhooks/endpoints.hpp"
#include "delivery/webhooks/sender.hpp"
#include "sources/source.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"

namespace notify::testing {

/// Starts at the present, because receivers refuse old signatures; moves only when told.
class SetClock final : public Clock {
public:
    [[nodiscard]] Timestamp Now() const override { return FromMillis(millis_.load()); }

    void Advance(std::chrono::milliseconds by) { millis_ += by.count(); }

    void Set(Timestamp time) { millis_ = ToMillis(time); }

private:
    std::atomic<std::int64_t> millis_{ToMillis(SystemClock().Now())};
};

class DeliveryTest : public ::testing::Test {
protected:
    DeliveryTest();
    ~DeliveryTest() override;

    /// Makes the dispatcher and starts it.
    void Start(int senders = 4, std::chrono::milliseconds total_timeout = std::chrono::seconds(20));

    /// Ends it and forgets it, as a restart does.
    void Stop();

    /// An endpoint for `url`; its secret is in `secret_`.
    Endpoint AddEndpoint(const std::string& url, std::vector<std::string> types = {});

    /// Writes an event of that type and nudges.
    EventId Happen(const std::string& type = "item.completed", std::string data = R"({"item":"itm_1"})");

    /// The newest delivery of the event to the endpoint (any when empty).
    Delivery DeliveryOf(const EventId& event, const EndpointId& endpoint = {});

    /// All deliveries, newest first.
    std::vector<Delivery> Deliveries();

    /// Waits until `holds`, at most 20 s; false when it never did.
    static bool Eventually(const std::function<bool()>& holds);

    /// Waits until the newest delivery of the event has the status, or its first try failed when
    /// `status` is Pending.
    Delivery Await(const EventId& event, Status status, const EndpointId& endpoint = {});

    std::vector<DeliveryAttempt> Attempts(const DeliveryId& id);
    Endpoint Reload(const EndpointId& id);
    std::vector<std::string> AuditActions();

    std::filesystem::path folder_;
    SetClock clock_;
    const Clock* wall_ = nullptr;  ///< As WebhookParts says; before Start.
    std::optional<SecretBox> box_;
    std::unique_ptr<Storage> storage_;
    std::unique_ptr<ArtifactStore> artifacts_;
    AddressGuard guard_;
    HttpClient client_;
    SourceConnection* source_ = nullptr;  ///< What every store kind is.
    std::unique_ptr<WebhookSender> sender_;
    std::unique_ptr<ResultPublisher> publisher_;
    std::unique_ptr<Dispatcher> dispatcher_;
    std::unique_ptr<Endpoints> endpoints_;
    std::unique_ptr<Replay> replay_;
    std::string secret_;
};

}  // namespace notify::testing
