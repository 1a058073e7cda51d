#include "sources/registry.hpp"

#include <algorithm>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json_schema.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "sources/datacore/schema.hpp"
#include "sources/datacore/swarm_store.hpp"
#include "sources/iconik/config.hpp"
#include "sources/iconik/iconik_source.hpp"
#include "sources/iconik/schema.hpp"
#include "sources/local/local_source.hpp"
#include "sources/object_matrix/schema.hpp"
#include "sources/objects/object_source.hpp"
#include "sources/objects/store_client.hpp"
#include "sources/s3/config.hpp"
#include "sources/s3/s3_store.hpp"
#include "sources/s3/schema.hpp"
#include "sources/setup.hpp"
#include "sources/source.hpp"
#include "sources/sqs/config.hpp"

namespace notify {

namespace {

/// A folder needs no more than its path.
constexpr std::string_view kNoConfig = R"({"type": "object", "properties": {}})";

Result<void> CheckS3(std::string_view config) {
    return s3::ReadConfig(config).map([](const s3::Config&) {});
}

Result<void> CheckSqs(std::string_view config) {
    return sqs::ReadConfig(config).map([](const sqs::Config&) {});
}

Result<void> CheckIconik(std::string_view config) {
    return iconik::ReadConfig(config).map([](const iconik::Config&) {});
}

}  // namespace

SourceRegistry::SourceRegistry(const SourceSettings& settings, const Clock& clock) {
    const auto add = [&](std::string_view kind,
                         std::string_view schema,
                         std::function<Result<void>(std::string_view)> check,
                         std::unique_ptr<SourceConnection> connection) {
        entries_.push_back(
            {.kind = std::string(kind),
             .schema = schema,
             .check = std::move(check),
             .connection = std::move(connection),
             .test = nullptr,
             .iconik = nullptr}
        );
    };
    add("local", kNoConfig, nullptr, std::make_unique<LocalSource>(settings.data_dir, clock));
    using Listing = objects::ObjectSource::Listing;
    const auto add_objects =
        [&](std::string_view kind, std::string_view schema, objects::ConnectStore connect, Listing listing) {
            add(kind,
                schema,
                CheckS3,
                std::make_unique<objects::ObjectSource>(settings.access, std::move(connect), clock, listing));
        };
    auto iconik = std::make_unique<iconik::IconikSource>(settings.access, clock, settings.nodes);
    auto* const set_up = iconik.get();
    add("iconik", iconik::Schema(), CheckIconik, std::move(iconik));
    entries_.back().iconik = set_up;
    add_objects("datacore", datacore::Schema(), datacore::ConnectStore, Listing::kWhole);
    add_objects("object_matrix", object_matrix::Schema(), s3::ConnectStore, Listing::kByFolders);
    add_objects("s3", s3::Schema(), s3::ConnectStore, Listing::kByFolders);
    add("sqs", sqs::Schema(), CheckSqs, nullptr);
    entries_.back().test = [access = settings.access, &clock](
                               const SourceId& id, const std::stop_token& stop
                           ) { return sqs::Test(id, access, clock, stop); };
}

SourceRegistry::~SourceRegistry() = default;

Result<const SourceRegistry::Entry*> SourceRegistry::EntryOf(std::string_view kind) const {
    const auto found = std::ranges::find(entries_, kind, &Entry::kind);
    if (found == entries_.end()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("there is no store kind '{}'; there are: {}", kind, fmt::join(Kinds(), ", "))
        );
    }
    return &*found;
}

Result<SourceConnection*> SourceRegistry::Find(std::string_view kind) const {
    return EntryOf(kind).and_then([&](const Entry* entry) -> Result<SourceConnection*> {
        return entry->connection ? Result<SourceConnection*>(entry->connection.get())
                                 : Fail(
                                       ErrorCode::kInvalidArgument,
                                       fmt::format(
                                           "a source of kind {} is a queue of messages and holds no buckets; "
                                           "add the bucket to "
                                           "the source of the store that the messages tell of",
                                           kind
                                       )
                                   );
    });
}

std::vector<std::string> SourceRegistry::Kinds() const {
    std::vector<std::string> kinds;
    kinds.reserve(entries_.size());
    for (const auto& entry : entries_) {
        kinds.push_back(entry.kind);
    }
    return kinds;
}

Result<std::string_view> SourceRegistry::Schema(std::string_view kind) const {
    return EntryOf(kind).map([](const Entry* entry) { return entry->schema; });
}

Result<std::string> SourceRegistry::Normalise(std::string_view kind, std::string_view config) const {
    const auto entry = EntryOf(kind);
    if (!entry) {
        return Unexpected(entry.error());
    }
    auto normal = NormaliseJson(kind, (*entry)->schema, config);
    if (normal && (*entry)->check) {
        if (auto checked = (*entry)->check(*normal); !checked) {
            return Unexpected(checked.error());
        }
    }
    return normal;
}

Result<void> SourceRegistry::Test(const Source& source, const std::stop_token& stop) const {
    return EntryOf(source.kind).and_then([&](const Entry* entry) {
        return entry->test
                   ? entry->test(source.id, stop)
                   : Fail(
                         ErrorCode::kUnsupported,
                         fmt::format(
                             "source '{}' is asked for each of its buckets: notifications-api buckets "
                             "test BUCKET",
                             source.name
                         )
                     );
    });
}

Result<SetupOutcome> SourceRegistry::SetUp(
    const Source& source, const SetupWish& wish, const std::stop_token& stop
) const {
    return EntryOf(source.kind).and_then([&](const Entry* entry) {
        return entry->iconik != nullptr
                   ? entry->iconik->SetUp(source.id, wish, stop)
                   : Fail(
                         ErrorCode::kUnsupported,
                         fmt::format(
                             "nothing is made in the store of source '{}', which is of kind {}: that is for "
                             "sources of kind iconik",
                             source.name,
                             source.kind
                         )
                     );
    });
}

Result<std::vector<StoreWebhook>> SourceRegistry::Webhooks(
    const Source& source, const std::stop_token& stop
) const {
    return EntryOf(source.kind).and_then([&](const Entry* entry) {
        return entry->iconik != nullptr ? entry->iconik->Webhooks(source.id, stop)
                                        : Result<std::vector<StoreWebhook>>();
    });
}

}  // namespace notify
