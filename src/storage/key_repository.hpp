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
};

}  // namespace notify
