#include "app/store_sources.hpp"

#include <vector>

#include "app/store_settings.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "storage/kind_source.hpp"
#include "storage/storage.hpp"

namespace notify {

Result<void> EnsureStoreSources(Storage& storage, const std::vector<StoreSettings>& stores, Timestamp now) {
    for (const auto& store : stores) {
        const auto source = storage.Write([&](Transaction& transaction) {
            return SourceOfKind(transaction, store.kind, store.config, now);
        });
        if (!source) {
            return Unexpected(source.error().Within("the source " + store.kind));
        }
        if (source->made) {
            Log(LogLevel::kInfo, "a source was made of the settings", {{"kind", store.kind}});
        }
    }
    return {};
}

}  // namespace notify
