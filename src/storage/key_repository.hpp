#pragma once

// API keys, hashed, and the audit of who did what.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/storage.hpp"

namespace notify {

/// The secret itself is shown once and never stored.
struct ApiKey {
    KeyId id;
    std::string name;
    std::string secret_sha256;        ///< Of the whole key text.
    std::vector<std::string> scopes;  ///< "read", "write", "biometric", "admin".
    std::vector<SourceId> sources;    ///< Limited to their buckets …
    std::vector<BucketId> buckets;    ///< … and to these; both empty: not limited.
    Timestamp created_at;
    std::optional<Timestamp> expires_at;
    std::optional<Timestamp> last_used_at;
    std::optional<Timestamp> revoked_at;
};

struct AuditEntry {
    Timestamp at;
    std::string actor;   ///< A key id, "command line" or "service".
    std::string action;  ///< "person.enrol", "bucket.add", ….
    std::string subject;
    std::string detail;  ///< A sentence or JSON; never a secret.
};

/// What was answered to a request that came with an Idempotency-Key.
struct KeptAnswer {
    std::string caller;          ///< Who asked …
    std::string key;             ///< … with which key: one answer for both.
    std::string request_sha256;  ///< Of what was asked.
    int status = 0;              ///< 0: not answered yet, or never will be.
    std::string body;            ///< Never a secret.
    Timestamp at;
};

class KeyRepository {
public:
    KeyRepository() = default;
    KeyRepository(const KeyRepository&) = delete;
    KeyRepository& operator=(const KeyRepository&) = delete;
    virtual ~KeyRepository() = default;

    virtual Result<void> Add(const ApiKey& key) = 0;
    virtual Result<void> Revoke(const KeyId& id, Timestamp at) = 0;
    virtual Result<void> SetUsed(const KeyId& id, Timestamp at) = 0;
    [[nodiscard]] virtual Result<std::optional<ApiKey>> FindById(const KeyId& id) const = 0;
    [[nodiscard]] virtual Result<std::vector<ApiKey>> List() const = 0;

    virtual Result<void> AddAudit(const AuditEntry& entry) = 0;

    /// Newest first.
    [[nodiscard]] virtual Result<Page<AuditEntry>> Audit(const PageRequest& page) const = 0;

    /// Adds it, unless there is one of that caller and key already: then that one. Those from before
    /// `forget_before` are removed first.
    virtual Result<std::optional<KeptAnswer>> KeepAnswer(
        const KeptAnswer& answer, Timestamp forget_before
    ) = 0;

    /// Sets status and body of one that is there.
    virtual Result<void> SetAnswer(const KeptAnswer& answer) = 0;

    /// Removes one, so that its request may be made again.
    virtual Result<void> ForgetAnswer(std::string_view caller, std::string_view key) = 0;
};

}  // namespace notify
