#pragma once

// API keys: made, shown once, stored as a digest, checked.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "http/message.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

struct NewKey {
    ApiKey key;
    std::string text;  ///< "nk_<id>_<secret>": the only moment it is shown.
};

/// A key with 32 random bytes, not stored yet. `scopes`: of kScopeWords.
/// kInvalidArgument for another scope, none, or no name.
[[nodiscard]] Result<NewKey> MakeKey(std::string_view name, std::vector<std::string> scopes, Timestamp now);

/// Stores it, audited at the time it was made.
[[nodiscard]] Result<void> StoreKey(Storage& storage, const ApiKey& key, std::string_view actor);

/// Who presents this text. kUnauthenticated for an unknown, wrong, expired or revoked key, always with one
/// sentence; the secret is compared in constant time.
[[nodiscard]] Result<Caller> Authenticate(Storage& storage, std::string_view text, Timestamp now);

/// False when the key was revoked, has expired or is gone: for those whose answer takes long.
[[nodiscard]] bool IsValid(const std::optional<ApiKey>& key, Timestamp now);

}  // namespace notify
