#pragma once

// KeyRepository in SQL.

#include "storage/key_repository.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// See KeyRepository. The connection outlives it.
class KeyTable final : public KeyRepository {
public:
    explicit KeyTable(Connection& connection) : connection_(connection) {}

    Result<void> Add(const ApiKey& key) override;
    Result<void> Revoke(const KeyId& id, Timestamp at) override;
    Result<void> SetUsed(const KeyId& id, Timestamp at) override;
    [[nodiscard]] Result<std::optional<ApiKey>> FindById(const KeyId& id) const override;
    [[nodiscard]] Result<std::vector<ApiKey>> List() const override;
    Result<std::optional<KeptAnswer>> KeepAnswer(const KeptAnswer& answer, Timestamp forget_before) override;
    Result<void> SetAnswer(const KeptAnswer& answer) override;
    Result<void> ForgetAnswer(std::string_view caller, std::string_view key) override;
    Result<void> AddAudit(const AuditEntry& entry) override;
    [[nodiscard]] Result<Page<AuditEntry>> Audit(const PageRequest& page) const override;

private:
    Connection& connection_;
};

}  // namespace notify::sql
