#pragma once

// The whole API on a real database and a real folder, asked through the router or over a socket.

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json.hpp>
#include <gtest/gtest.h>

#include "core/secret_box.hpp"
#include "delivery/replay.hpp"
#include "delivery/webhooks/address_guard.hpp"
#include "delivery/webhooks/endpoints.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/router.hpp"
#include "http/server/server.hpp"
#include "queue/item_control.hpp"
#include "queue/scheduler.hpp"
#include "sources/registry.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"
#include "support/set_clock.hpp"
#include "support/temporary_folder.hpp"
#include "unit/http/wire.hpp"

namespace notify::testing {

class ApiTest : public ::testing::Test {
protected:
    ApiTest();
    ~ApiTest() override;

    /// What the router answers to the caller with `key` (none when empty).
    [[nodiscard]] Response AskAs(
        std::string_view key, const std::string& method, std::string_view target, std::string body = {}
    );

    /// The same with the admin key.
    [[nodiscard]] Response Ask(const std::string& method, std::string_view target, std::string body = {}) {
        return AskAs(admin_key_, method, target, std::move(body));
    }

    /// The JSON answer to the admin; a failed test when the status is another.
    boost::json::value Expect(
        int status, const std::string& method, std::string_view target, std::string body = {}
    );

    /// A new key's text.
    [[nodiscard]] std::string MakeKey(const std::vector<std::string>& scopes);
    static std::string IdOfKey(std::string_view text);  ///< "key_…" of "nk_…_…".

    /// Starts a server on the router.
    void Serve(ServerSettings settings = {});

    [[nodiscard]] Wire Connect() const { return Wire(server_->Port()); }

    /// "Authorization: Bearer KEY\r\n".
    [[nodiscard]] static std::string Bearer(std::string_view key);

    /// A bucket over a new folder with a checksum processor, through the API; its id.
    std::string AddBucket(const std::string& name = "in");

    /// A file in the bucket's folder that was scanned; the id of the only item with that key.
    std::string Discover(const std::string& key, std::string_view bytes = "media");

    /// A stored result with one artifact of these bytes; its id.
    ResultId AddResult(const std::string& artifact, std::string_view bytes, bool sealed = false);

    /// Ends what waits to be delivered, as the dispatcher would after one try each.
    void FinishDeliveries(Status status);

    void Append(const std::string& type, const std::string& subject = "itm_1");
    [[nodiscard]] std::vector<std::string> AuditActions();

    TemporaryFolder folder_;
    SetClock clock_;
    std::optional<SecretBox> box_;
    std::function<void()> before_write_;  ///< Called once, when the next write is about to begin.
    std::unique_ptr<Storage> database_;
    std::unique_ptr<Storage> storage_;  ///< Around the database.
    std::unique_ptr<ArtifactStore> artifacts_;
    std::unique_ptr<GalleryCache> known_people_;
    std::unique_ptr<GalleryTransfer> galleries_;
    std::unique_ptr<Erasing> erasing_;
    std::unique_ptr<SourceRegistry> sources_;
    std::unique_ptr<Scheduler> scheduler_;
    std::unique_ptr<ItemControl> items_;
    AddressGuard guard_;
    std::unique_ptr<Endpoints> endpoints_;
    std::unique_ptr<Replay> replay_;
    std::unique_ptr<MessageIntake> messages_;
    std::unique_ptr<Router> router_;
    std::unique_ptr<Server> server_;
    std::atomic<bool> ready_ = true;
    std::optional<Standstill> standstill_;
    std::function<Result<std::vector<FaceAnswer>>(std::string_view, std::size_t, double)> search_faces_ =
        [](std::string_view, std::size_t, double) { return std::vector<FaceAnswer>{}; };
    std::vector<QueueState> queues_;
    std::vector<WebhookState> webhooks_;
    std::string read_key_;
    std::string write_key_;
    std::string admin_key_;
};

/// The value of a response's header; "" when it has none.
[[nodiscard]] std::string HeaderOf(const Response& response, std::string_view name);

/// The body as JSON.
[[nodiscard]] boost::json::value JsonOf(const Response& response);

/// "/v1/items/{item}" with "none" for each parameter.
[[nodiscard]] std::string PathOf(std::string_view pattern);

}  // namespace notify::testing
