#pragma once

// Endpoints as people manage them: create, list, rotate, pause, resume, remove, test. Each change is audited.

#include <chrono>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "delivery/webhooks/address_guard.hpp"
#include "delivery/webhooks/endpoint_transport.hpp"
#include "domain/event.hpp"
#include "storage/storage.hpp"

namespace notify {

struct NewEndpoint {
    std::string url;
    std::string description;
    std::vector<std::string> types;  ///< Event types; empty means all. "item.*" matches a prefix.
    EventOrigins only;               ///< Of those types.
    HttpTransport transport;
};

/// What is to change; what is not given stays.
struct EndpointEdit {
    std::optional<std::string> url;
    std::optional<std::string> description;
    std::optional<std::vector<std::string>> types;
    std::optional<EventOrigins> only;
    std::optional<HttpTransport> transport;  ///< All of it.
    std::optional<bool> active;
};

/// Looked at inside the transaction of an edit; what it fails with, the edit fails with. Empty: none.
using EndpointCondition = std::function<Result<void>(const Endpoint&)>;

/// The only moment the secret is shown.
struct EndpointWithSecret {
    Endpoint endpoint;
    std::string secret;  ///< "whsec_…"
};

/// `actor` is who asks: a key id or "command line". Thread-safe.
class Endpoints final {
public:
    /// How long the old secret signs beside the new one after a rotation, when nothing else is said.
    static constexpr std::chrono::hours kOverlap{24};

    Endpoints(Storage& storage, const SecretBox& box, const AddressGuard& guard, const Clock& clock);

    /// kInvalidArgument or kForbidden when the URL, an address of its host, a type or the transport is not
    /// allowed. May block on the name server.
    [[nodiscard]] Result<EndpointWithSecret> Create(const NewEndpoint& wanted, std::string_view actor);

    [[nodiscard]] Result<std::vector<Endpoint>> List() const;

    /// kNotFound.
    [[nodiscard]] Result<Endpoint> Get(const EndpointId& id) const;

    /// How it is reached, in the clear. kInvalidArgument when that was sealed with another key.
    [[nodiscard]] Result<HttpTransport> TransportOf(const Endpoint& endpoint) const;

    /// A new secret; the one before signs too for `overlap` (0 to 7 days), older ones no more. kNotFound,
    /// kInvalidArgument.
    [[nodiscard]] Result<EndpointWithSecret> RotateSecret(
        const EndpointId& id, std::string_view actor, std::chrono::seconds overlap = kOverlap
    );

    /// What is on its way goes to the new URL, for which the record of failures begins anew; new types hold
    /// for what happens from now on. Not active: what is on its way waits, what happens meanwhile is not
    /// told. Active again: also what the service switched off, with a clean record. kNotFound;
    /// kInvalidArgument and kForbidden as for Create.
    [[nodiscard]] Result<Endpoint> Change(
        const EndpointId& id,
        const EndpointEdit& edit,
        std::string_view actor,
        const EndpointCondition& condition = {}
    );

    /// Its deliveries that wait are Cancelled. kNotFound.
    [[nodiscard]] Result<void> Remove(
        const EndpointId& id, std::string_view actor, const EndpointCondition& condition = {}
    );

    /// Sends an event endpoint.test to this endpoint alone, whatever types it wants. kNotFound; kConflict
    /// when it is not active. Nudge the dispatcher afterwards.
    [[nodiscard]] Result<DeliveryId> SendTest(const EndpointId& id, std::string_view actor);

private:
    Storage& storage_;
    const SecretBox& box_;
    const AddressGuard& guard_;
    const Clock& clock_;
};

}  // namespace notify
