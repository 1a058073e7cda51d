#include "app/store_sources.hpp"

#include <algorithm>
#include <vector>

#include "app/store_settings.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Result<bool> AddIfNew(Transaction& transaction, const StoreSettings& store, Timestamp now) {
    const auto sources = transaction.buckets.Sources();
    if (!sources) {
        return Unexpected(sources.error());
    }
    if (std::ranges::find(*sources, store.kind, &Source::kind) != sources->end()) {
        return false;
    }
    const Source source{
        .id = SourceId(MakeId("src")),
        .kind = store.kind,
        .name = store.kind,
        .config = store.config,
        .created_at = now
    };
    return transaction.buckets.AddSource(source).map([] { return true; });
}

}  // namespace

Result<void> EnsureStoreSources(Storage& storage, const std::vector<StoreSettings>& stores, Timestamp now) {
    for (const auto& store : stores) {
        const auto added =
            storage.Write([&](Transaction& transaction) { return AddIfNew(transaction, store, now); });
        if (!added) {
            return Unexpected(added.error().Within("the source " + store.kind));
        }
        if (*added) {
            Log(LogLevel::kInfo, "a source was made of the settings", {{"kind", store.kind}});
        }
    }
    return {};
}

}  // namespace notify
