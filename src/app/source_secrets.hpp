#pragma once

// Where the credentials of sources come from: sealed in the database, or settings that hold them.

#include <map>
#include <string>

#include "app/settings.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/ids.hpp"
#include "sources/access.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A source's own secrets come first, then the settings that its configuration names under `credentials`,
/// then those of its kind: AWS_ACCESS_KEY with AWS_SECRET_KEY, ICONIK_APP_ID with ICONIK_ACCESS_TOKEN. A
/// setting that is a file is read at each use: what is written there counts at once. Thread-safe.
class SourceSecrets final {
public:
    /// What is borrowed outlives it.
    SourceSecrets(Storage& storage, const SecretBox& box, CredentialSettings settings)
        : storage_(storage), box_(box), settings_(std::move(settings)) {}

    /// See FindAccess.
    [[nodiscard]] Result<SourceAccess> Access(const SourceId& id) const;

    /// The secret as the database keeps it.
    [[nodiscard]] std::string Seal(const Secret& secret) const;

private:
    [[nodiscard]] Result<Secret> FromSettings(const Source& source) const;
    [[nodiscard]] Result<std::string> ValueOf(const std::string& setting) const;
    [[nodiscard]] Result<Secret> Unseal(const SourceSecret& secret) const;

    Storage& storage_;
    const SecretBox& box_;
    const CredentialSettings settings_;
};

}  // namespace notify
