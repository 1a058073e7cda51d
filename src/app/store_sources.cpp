#include "app/store_sources.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/store_settings.hpp"
#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/source.hpp"
#include "sources/registry.hpp"
#include "storage/kind_source.hpp"
#include "storage/source_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Where a source is: the member of its configuration that says so, and what it says.
struct Place {
    std::string_view option;
    std::string url;
};

Place PlaceIn(std::string_view config) {
    const auto json = ParseJson(config);
    for (const auto& [member, option] :
         {std::pair("queue_url", "--queue-url"), std::pair("endpoint", "--endpoint")}) {
        const auto* found = json && json->is_object() ? json->get_object().if_contains(member) : nullptr;
        if (found != nullptr && found->is_string()) {
            return {.option = option, .url = std::string(found->get_string())};
        }
    }
    return {};
}

/// Somebody may have changed the source since; then the settings do not undo it.
void WarnOfOther(const Source& there, std::string_view wanted) {
    const auto place = PlaceIn(wanted);
    const auto present = PlaceIn(there.config).url;
    if (present != place.url) {
        Log(LogLevel::kWarn,
            fmt::format(
                "the settings name {0}, but source '{1}' is at {2}; to have it at {0}: notifications-api "
                "sources "
                "change {1} {3} {0}",
                place.url,
                there.name,
                present,
                place.option
            ));
    }
}

}  // namespace

Result<void> EnsureStoreSources(
    Storage& storage, const SourceRegistry& sources, const std::vector<StoreSettings>& stores, Timestamp now
) {
    for (const auto& store : stores) {
        // a kind that is to come has no schema yet
        const auto config = sources.Schema(store.kind) ? sources.Normalise(store.kind, store.config)
                                                       : Result<std::string>(store.config);
        if (!config) {
            return Unexpected(config.error().Within("the source " + store.kind));
        }
        const auto made = storage.Write([&](Transaction& transaction) -> Result<KindSource> {
            return SourceOfKind(transaction, store.kind, *config, now);
        });
        const auto source = made.and_then([&](const KindSource& of) {
            return storage.Read([&](const Snapshot& snapshot) { return snapshot.sources.Get(of.id); });
        });
        if (!source) {
            return Unexpected(source.error().Within("the source " + store.kind));
        }
        if (made->made) {
            Log(LogLevel::kInfo, "a source was made of the settings", {{"kind", store.kind}});
        } else {
            WarnOfOther(*source, *config);
        }
    }
    return {};
}

}  // namespace notify
