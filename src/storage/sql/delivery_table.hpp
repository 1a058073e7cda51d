#pragma once

// DeliveryRepository in SQL.

#include "core/clock.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See DeliveryRepository. The connection and the clock outlive it.
class DeliveryTable final : public DeliveryRepository {
public:
    DeliveryTable(Connection& connection, const Clock& clock) : connection_(connection), clock_(clock) {}

    Result<void> AddEndpoint(const Endpoint& endpoint) override;
    Result<void> UpdateEndpoint(const Endpoint& endpoint) override;
    Result<void> RemoveEndpoint(const EndpointId& id) override;
    [[nodiscard]] Result<Endpoint> GetEndpoint(const EndpointId& id) const override;
    [[nodiscard]] Result<std::vector<Endpoint>> Endpoints() const override;
    Result<void> Add(const Delivery& delivery) override;
    [[nodiscard]] Result<Delivery> Get(const DeliveryId& id) const override;
    [[nodiscard]] Result<Page<Delivery>> List(
        const DeliveryFilter& filter, const PageRequest& page
    ) const override;
    [[nodiscard]] Result<std::vector<DeliveryCount>> Count() const override;
    [[nodiscard]] Result<std::vector<DeliveryCount>> Ended() const override;
    Result<std::vector<Delivery>> Claim(
        const NodeId& node, int max, int per_endpoint, Timestamp now, std::chrono::milliseconds lease
    ) override;
    Result<bool> Finish(
        const Delivery& delivery, std::int64_t fence, const std::optional<DeliveryAttempt>& attempt
    ) override;
    Result<int> Release(Timestamp now, bool all) override;
    [[nodiscard]] Result<std::vector<DeliveryAttempt>> Attempts(const DeliveryId& id) const override;
    Result<int> RemoveOld(Timestamp before, int limit) override;
    [[nodiscard]] Result<std::int64_t> CountOld(Timestamp before) const override;
    [[nodiscard]] Result<std::optional<Timestamp>> NextReadyAt(Timestamp now) const override;
    Result<void> RequestPublication(const Publication& publication, Timestamp now) override;
    [[nodiscard]] Result<Publication> GetPublication(const PublicationId& id) const override;
    [[nodiscard]] Result<bool> HasPublication(const ItemId& id) const override;
    [[nodiscard]] Result<std::optional<Status>> PublicationStatus(
        const ItemId& id, std::string_view format
    ) const override;
    Result<void> SetPublication(const Publication& publication) override;

private:
    Connection& connection_;
    const Clock& clock_;
};

}  // namespace notify::sql
