#include "app/first_key.hpp"

#include <algorithm>
#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "http/keys.hpp"
#include "storage/key_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

Result<bool> HasAdminKey(Storage& storage, Timestamp now) {
    return storage.Read(
                      [](const Snapshot& snapshot) { return snapshot.keys.List(); }
    ).map([&](const std::vector<ApiKey>& keys) {
        return std::ranges::any_of(keys, [&](const ApiKey& key) {
            return !key.revoked_at && !(key.expires_at && *key.expires_at <= now) &&
                   std::ranges::find(key.scopes, "admin") != key.scopes.end();
        });
    });
}

Result<void> EnsureFirstKey(Storage& storage, const std::filesystem::path& file, Timestamp now) {
    const auto exists = HasAdminKey(storage, now);
    if (!exists) {
        return Unexpected(exists.error());
    }
    if (*exists) {
        RemoveStaleFirstKey(storage, file, now);
        return {};
    }
    const auto made = MakeKey("first key", {"admin"}, now);
    if (!made) {
        return Unexpected(made.error());
    }
    return WriteFileAtomically(file, made->text + "\n", 0600)
        .and_then([&] { return StoreKey(storage, made->key, "service"); })
        .map([&] {
            Log(LogLevel::kInfo, "the first API key was written to a file", {{"path", file.native()}});
        });
}

void RemoveStaleFirstKey(Storage& storage, const std::filesystem::path& file, Timestamp now) {
    const auto text = ReadFile(file, 1024);
    if (!text) {
        return;
    }
    const auto caller = Authenticate(storage, text->substr(0, text->find('\n')), now);
    if (!caller && caller.error().code == ErrorCode::kUnauthenticated) {
        std::error_code ignored;
        std::filesystem::remove(file, ignored);
        Log(LogLevel::kInfo,
            "the file of a first key that is worthless was removed",
            {{"path", file.native()}});
    }
}

}  // namespace notify
