#pragma once

// Everything that leaves the service: webhook endpoints, deliveries with their attempts, publications.

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/event.hpp"
#include "storage/storage.hpp"

namespace notify {

struct DeliveryFilter {
    EndpointId endpoint_id;
    EventId event_id;
    std::optional<Status> status;
    std::optional<DeliveryKind> kind;
    std::optional<Timestamp> since;  ///< Made then or later.
    std::optional<Timestamp> until;  ///< Made before it.
};

/// How many deliveries of a kind have a status.
struct DeliveryCount {
    DeliveryKind kind = DeliveryKind::kWebhook;
    Status status = Status::kPending;
    std::int64_t count = 0;
};

class DeliveryRepository {
public:
    DeliveryRepository() = default;
    DeliveryRepository(const DeliveryRepository&) = delete;
    DeliveryRepository& operator=(const DeliveryRepository&) = delete;
    virtual ~DeliveryRepository() = default;

    virtual Result<void> AddEndpoint(const Endpoint& endpoint) = 0;
    virtual Result<void> UpdateEndpoint(const Endpoint& endpoint) = 0;

    /// Removes it and cancels its Pending deliveries.
    virtual Result<void> RemoveEndpoint(const EndpointId& id) = 0;
    [[nodiscard]] virtual Result<Endpoint> GetEndpoint(const EndpointId& id) const = 0;
    [[nodiscard]] virtual Result<std::vector<Endpoint>> Endpoints() const = 0;

    /// Adds one delivery, for a replay or a test; events make theirs themselves.
    virtual Result<void> Add(const Delivery& delivery) = 0;
    [[nodiscard]] virtual Result<Delivery> Get(const DeliveryId& id) const = 0;

    /// Newest first.
    [[nodiscard]] virtual Result<Page<Delivery>> List(
        const DeliveryFilter& filter, const PageRequest& page
    ) const = 0;

    /// By kind and status; of what is kept (RETENTION_DAYS).
    [[nodiscard]] virtual Result<std::vector<DeliveryCount>> Count() const = 0;

    /// By kind and status: how many ever ended so after they were tried; nothing lowers it.
    [[nodiscard]] virtual Result<std::vector<DeliveryCount>> Ended() const = 0;

    /// Takes up to `max` ready deliveries of endpoints that are not paused, at most `per_endpoint` in flight
    /// for one endpoint (those already held count); of the publications of one object's versions, one at a
    /// time. Sets Processing, attempt + 1, fence + 1 and the lease.
    virtual Result<std::vector<Delivery>> Claim(
        const NodeId& node, int max, int per_endpoint, Timestamp now, std::chrono::milliseconds lease
    ) = 0;

    /// Writes the delivery if it is still held with `fence`; false when not. An attempt that was made is
    /// added with it.
    virtual Result<bool> Finish(
        const Delivery& delivery, std::int64_t fence, const std::optional<DeliveryAttempt>& attempt
    ) = 0;

    /// Deliveries whose lease ended go back to Pending, and at start on a single node (`all`) every held one;
    /// how many.
    virtual Result<int> Release(Timestamp now, bool all) = 0;

    [[nodiscard]] virtual Result<std::vector<DeliveryAttempt>> Attempts(const DeliveryId& id) const = 0;

    /// Removes at most `limit` deliveries that ended before `before`, with their attempts; how many.
    virtual Result<int> RemoveOld(Timestamp before, int limit) = 0;

    /// How many calls of RemoveOld would remove, in the end.
    [[nodiscard]] virtual Result<std::int64_t> CountOld(Timestamp before) const = 0;

    /// When the next Pending delivery that is for no paused endpoint becomes ready; `now` when one is.
    [[nodiscard]] virtual Result<std::optional<Timestamp>> NextReadyAt(Timestamp now) const = 0;

    /// Makes sure (item, destination, format) has a publication and a Pending delivery for it.
    virtual Result<void> RequestPublication(const Publication& publication, Timestamp now) = 0;
    [[nodiscard]] virtual Result<Publication> GetPublication(const PublicationId& id) const = 0;
    /// True when something of the item was published, or is to be: results, not its status.
    [[nodiscard]] virtual Result<bool> HasPublication(const ItemId& id) const = 0;
    /// The status of the newest delivery of the item's publication in that format, wherever it goes:
    /// Completed when its deliveries are no longer kept. Nothing when it was never asked for.
    [[nodiscard]] virtual Result<std::optional<Status>> PublicationStatus(
        const ItemId& id, std::string_view format
    ) const = 0;
    virtual Result<void> SetPublication(const Publication& publication) = 0;
};

}  // namespace notify
