#include "unit/delivery/fixture.hpp"

#include <thread>

#include <fmt/format.h>
#include <unistd.h>

#include "core/base64.hpp"
#include "core/random.hpp"
#include "core/ulid.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"

namespace notify::testing {

DeliveryTest::DeliveryTest()
    : folder_(std::filesystem::temp_directory_path() / ("delivery-" + ToHex(RandomBytes(8)))) {
    std::filesystem::create_directories(folder_);
    box_ = SecretBox::Open(folder_ / "key").value();
    storage_ = OpenSqliteStorage(folder_ / "database", *box_, clock_).value();
    artifacts_ = std::make_unique<ArtifactStore>(*storage_, *box_, folder_ / "artifacts");
    guard_ = AddressGuard::WithAllowed({"127.0.0.1/32"}).value();
    endpoints_ = std::make_unique<Endpoints>(*storage_, *box_, guard_, clock_);
    replay_ = std::make_unique<Replay>(*storage_, clock_);
}

DeliveryTest::~DeliveryTest() {
    Stop();
    storage_.reset();
    std::filesystem::remove_all(folder_);
}

void DeliveryTest::Start(int senders, std::chrono::milliseconds total_timeout) {
    sender_ = std::make_unique<WebhookSender>(
        WebhookParts{
            .storage = *storage_,
            .box = *box_,
            .client = client_,
            .guard = guard_,
            .clock = clock_,
            .wall = wall_
        },
        WebhookSenderSettings{.total_timeout = total_timeout}
    );
    publisher_ = std::make_unique<ResultPublisher>(
        *storage_, *artifacts_, clock_, [this](std::string_view) -> Result<SourceConnection*> {
            return source_;
        }
    );
    dispatcher_ = std::make_unique<Dispatcher>(
        *storage_,
        clock_,
        *sender_,
        *publisher_,
        DispatcherSettings{.node = NodeId("nod_1"), .senders = senders, .poll = std::chrono::milliseconds(20)}
    );
    dispatcher_->Start();
}

void DeliveryTest::Stop() {
    dispatcher_.reset();
    publisher_.reset();
    sender_.reset();
}

Endpoint DeliveryTest::AddEndpoint(const std::string& url, std::vector<std::string> types) {
    const auto made =
        endpoints_->Create({.url = url, .description = "a test", .types = std::move(types)}, "tester")
            .value();
    secret_ = made.secret;
    return made.endpoint;
}

EventId DeliveryTest::Happen(const std::string& type, std::string data) {
    const Event event{
        .id = EventId(MakeId("msg")),
        .type = type,
        .subject = "itm_1",
        .dedup_key = {},
        .at = clock_.Now(),
        .data = std::move(data)
    };
    EXPECT_TRUE(
        storage_->Write([&](Transaction& transaction) { return transaction.events.Append(event); }).value()
    );
    if (dispatcher_) {
        dispatcher_->Nudge();
    }
    return event.id;
}

Delivery DeliveryTest::DeliveryOf(const EventId& event, const EndpointId& endpoint) {
    const auto page = storage_->Read([&](const Snapshot& snapshot) {
        return snapshot.deliveries.List(
            {.endpoint_id = endpoint, .event_id = event, .status = {}, .kind = {}}, {}
        );
    });
    return page && !page->rows.empty() ? page->rows.front() : Delivery{};
}

std::vector<Delivery> DeliveryTest::Deliveries() {
    return storage_
        ->Read([](const Snapshot& snapshot) {
            return snapshot.deliveries.List({}, {.after = {}, .limit = 200});
        })
        .value()
        .rows;
}

bool DeliveryTest::Eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < end) {
        if (holds()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return holds();
}

Delivery DeliveryTest::Await(const EventId& event, Status status, const EndpointId& endpoint) {
    EXPECT_TRUE(Eventually([&] {
        const auto row = DeliveryOf(event, endpoint);
        return row.status == status && (status != Status::kPending || !row.last_error.empty());
    })) << ToString(status);
    return DeliveryOf(event, endpoint);
}

std::vector<DeliveryAttempt> DeliveryTest::Attempts(const DeliveryId& id) {
    return storage_->Read([&](const Snapshot& snapshot) { return snapshot.deliveries.Attempts(id); }).value();
}

Endpoint DeliveryTest::Reload(const EndpointId& id) {
    return endpoints_->Get(id).value();
}

std::vector<std::string> DeliveryTest::AuditActions() {
    const auto page =
        storage_->Read([](const Snapshot& snapshot) { return snapshot.keys.Audit({}); }).value();
    std::vector<std::string> actions;
    for (const auto& entry : page.rows) {
        actions.push_back(entry.actor + " " + entry.action);
    }
    return actions;
}

}  // namespace notify::testing
