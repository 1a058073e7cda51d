#pragma once

// One queue of Amazon SQS, or of what speaks its JSON protocol. What is momentary is tried again in here;
// what is left is one sentence (faults.hpp).

#include <cstddef>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/objects/pace.hpp"
#include "sources/s3/signer.hpp"
#include "sources/sqs/queue_address.hpp"
#include "sources/sqs/wire.hpp"

namespace notify::sqs {

struct ClientSettings {
    QueueAddress queue;
    HttpClientSettings network = {};  ///< Connections are kept whatever it says.
    objects::RetryLimits retry = {};
};

/// Thread-safe. Functions block, and end with kStopped soon after a stop is requested. Errors have stage
/// "store"; none holds a credential or what is in a message.
class Client final {
public:
    /// `clock` outlives it.
    Client(ClientSettings settings, s3::CredentialsProvider credentials, const Clock& clock);

    /// Up to `request.most` messages, which nobody else gets for `request.hidden`. None when there is none
    /// for `request.wait`: then the queue may still have some, when that was 0.
    [[nodiscard]] Result<std::vector<Message>> Receive(
        const ReceiveRequest& request, const std::stop_token& stop
    );

    /// Deletes messages by their receipts, at most kMostEntries. What is returned was not deleted: with
    /// kConflict (stale_receipt) it was received again since, and comes again.
    [[nodiscard]] Result<std::vector<EntryFault>> Delete(
        std::span<const std::string> receipts, const std::stop_token& stop
    );

    /// Hides messages for another time, from now on; at most kMostEntries. Returns what was refused.
    [[nodiscard]] Result<std::vector<EntryFault>> ChangeVisibility(
        std::span<const VisibilityChange> changes, const std::stop_token& stop
    );

    [[nodiscard]] Result<QueueAttributes> Attributes(const std::stop_token& stop);

    [[nodiscard]] const QueueAddress& Queue() const noexcept { return settings_.queue; }

private:
    struct Call;
    struct Correction;

    [[nodiscard]] Result<HttpResponse> Do(const Call& call, const std::stop_token& stop);
    [[nodiscard]] objects::Attempt SendOnce(const Call& call, Correction& done, const std::stop_token& stop);
    [[nodiscard]] HttpRequest Signed(
        const Call& call, const s3::Credentials& credentials, Timestamp signed_at
    ) const;
    [[nodiscard]] Result<std::vector<EntryFault>> DoBatch(
        const Call& call, std::size_t count, const std::stop_token& stop
    );

    const ClientSettings settings_;
    const Clock& clock_;
    s3::Signer signer_;
    const HttpClient http_;
    objects::Pace pace_;
};

}  // namespace notify::sqs
