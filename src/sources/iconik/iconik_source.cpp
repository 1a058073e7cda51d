#include "sources/iconik/iconik_source.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/looked_at.hpp"
#include "domain/publication.hpp"
#include "sources/access.hpp"
#include "sources/iconik/asset.hpp"
#include "sources/iconik/budget.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/config.hpp"
#include "sources/iconik/faults.hpp"
#include "sources/iconik/found_assets.hpp"
#include "sources/iconik/ids.hpp"
#include "sources/iconik/jobs.hpp"
#include "sources/iconik/media.hpp"
#include "sources/iconik/places.hpp"
#include "sources/iconik/setup.hpp"
#include "sources/iconik/signed_media.hpp"
#include "sources/iconik/standing.hpp"
#include "sources/iconik/timeline.hpp"
#include "sources/iconik/webhooks.hpp"
#include "sources/iconik/writing.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/live_secret.hpp"
#include "sources/objects/object_reader.hpp"
#include "sources/objects/pace.hpp"
#include "sources/setup.hpp"
#include "sources/source.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;

Result<Secret> SecretOf(const FindAccess& access, const SourceId& id, const Secret* refused) {
    const auto fitness = [&](const Secret& secret) {
        const bool whole = !secret.access_key.empty() && !secret.secret_key.empty();
        return !whole                                     ? objects::Fitness::kUnfit
               : refused != nullptr && secret == *refused ? objects::Fitness::kRefused
                                                          : objects::Fitness::kFit;
    };
    return objects::LiveSecret(access, id, fitness);
}

std::string HostIn(const std::string& url) {
    return Url::Parse(url).map([](const Url& parsed) { return parsed.Host(); }).value_or(std::string());
}

/// From when on media is waited for: the version was noticed, was made or is to be run, whatever came last.
Timestamp AwaitedSince(const Item& item, const Asset& asset, Timestamp now) {
    const auto noticed = std::max(item.discovered_at, item.asked_at.value_or(item.discovered_at));
    return asset.made_at <= now ? std::max(noticed, asset.made_at) : noticed;  // clocks differ
}

Error NeverCame(const Item& item, std::chrono::hours wait) {
    return objects::Fault(
        ErrorCode::kNotFound,
        objects::kMediaNeverCame,
        fmt::format(
            "no media that can be read came for asset {} in {} hours; upload it, or see why it has no proxy, "
            "and run the item again",
            item.key,
            wait.count()
        )
    );
}

}  // namespace

IconikSource::Connection::Connection(
    Config of, CredentialsProvider credentials, RateBudgets& budgets, const Clock& clock
)
    : config(std::move(of)),
      client(config.client, std::move(credentials), budgets, clock),
      media(
          std::make_shared<MediaStore>(
              config.client.network,
              GuardOfMedia(HostIn(config.client.base_url), config.client.network.proxy),
              objects::RetryLimits{},
              clock
          )
      ) {}

Result<std::shared_ptr<IconikSource::Connection>> IconikSource::ConnectionOf(const SourceId& id) {
    const auto found = access_(id);
    if (!found) {
        return Unexpected(found.error());
    }
    const std::scoped_lock lock(mutex_);
    auto& connected = connected_[id];
    if (connected.connection && connected.config == found->source.config) {
        return connected.connection;
    }
    auto config = ReadConfig(found->source.config);
    if (!config) {
        // a file that is not there now may be there again: nothing in the bucket is at fault
        return Unexpected(
            objects::LastingFault(
                ErrorCode::kUnavailable,
                objects::kBadNetworkSetup,
                fmt::format(
                    "the configuration of source '{}': {}", found->source.name, config.error().message
                )
            )
        );
    }
    config->writing.owner = id.Value();
    connected = {
        .config = found->source.config,
        .connection = std::make_shared<Connection>(
            *std::move(config),
            [access = access_, id](const Secret* refused) { return SecretOf(access, id, refused); },
            budgets_,
            clock_
        )
    };
    return connected.connection;
}

Result<ScanReport> IconikSource::Scan(
    const ScanRequest& request, const std::function<Result<void>(FoundObject)>& found, std::stop_token stop
) {
    const auto& bucket = request.bucket;
    const auto connection = ConnectionOf(bucket.source_id);
    const auto place = PlaceOf(bucket.location);
    if (!connection || !place) {
        return Unexpected(connection ? place.error() : connection.error());
    }
    auto& client = (*connection)->client;
    ScanReport report;
    LeftOut left_out;
    std::set<std::string> again;  // what no listing tells
    if (request.changed_since) {
        again.insert(request.again.begin(), request.again.end());
    }
    const auto take = [&](const Result<std::optional<FoundObject>>& object, const std::string& id) {
        if (!object) {
            return left_out.Take(object.error(), id);
        }
        report.seen += *object && !(*object)->gone ? 1U : 0U;
        return *object ? found(**object) : Result<void>();
    };
    const auto visit = [&](const object& json) -> Result<void> {
        const auto id = TextIn(json, "id");
        again.erase(id);
        return take(FoundIn(client, bucket, json, stop), IsId(id) ? id : std::string());
    };
    auto scanned = EachAssetIn(client, *place, request.changed_since, visit, stop);
    for (const auto& id : again) {
        scanned = std::move(scanned).and_then([&] { return take(FoundAt(client, bucket, id, stop), id); });
    }
    return scanned.map([&] {
        report.note = left_out.Note();
        report.left_out = left_out.Ids();
        return report;
    });
}

Result<std::optional<FoundObject>> IconikSource::Look(
    const Bucket& bucket, const std::string& key, std::stop_token stop
) {
    const auto connection = ConnectionOf(bucket.source_id);
    const auto place = PlaceOf(bucket.location);
    if (!connection || !place) {
        return Unexpected(connection ? place.error() : connection.error());
    }
    const auto asset = GetAsset((*connection)->client, key, stop);
    if (!asset) {
        return asset.error().code == ErrorCode::kNotFound ? Result<std::optional<FoundObject>>(GoneFrom(key))
                                                          : Unexpected(asset.error());
    }
    const bool elsewhere = place->kind == Place::Kind::kCollection &&
                           std::ranges::find(asset->collections, place->id) == asset->collections.end();
    return elsewhere || IsPlaceholder(*asset) ? std::nullopt : std::optional(FoundFrom(*asset));
}

Result<OpenedItem> IconikSource::OpenMedia(
    const std::shared_ptr<Connection>& connection, const Item& item, Timestamp now, std::stop_token stop
) {
    auto& client = connection->client;
    const auto asset = GetAsset(client, item.key, stop);
    if (!asset) {
        return Unexpected(asset.error());
    }
    if (asset->version != item.version) {
        return Unexpected(
            objects::Fault(
                ErrorCode::kConflict,
                objects::kObjectChanged,
                fmt::format("{} has another version than was noticed", NameOf(*asset))
            )
        );
    }
    const auto chosen = ChooseMedia(client, connection->config, *asset, now, stop);
    if (!chosen) {
        const auto wait = connection->config.media_wait;
        const bool is_over =
            chosen.error().reason == objects::kMediaNotReady && now - AwaitedSince(item, *asset, now) >= wait;
        return Unexpected(is_over ? NeverCame(item, wait) : chosen.error());
    }
    if (!chosen->no_proxy.empty()) {
        Log(LogLevel::kWarn,
            "the original is read, no proxy",
            {{"asset", asset->id}, {"why", chosen->no_proxy}});
    }
    const auto file = std::make_shared<MediaStore::File>(
        connection->media,
        [connection, id = asset->id, media = *chosen](const std::stop_token& stopped) {
            return UrlOf(connection->client, id, media, stopped);
        },
        NameOf(*asset)
    );
    if (auto opened = file->Open(stop); !opened) {
        return Unexpected(opened.error());
    }
    // holds the file for as long as the reader lives
    auto read = [file](std::uint64_t offset, std::span<std::byte> into, const std::stop_token& stopped) {
        return file->Read(offset, into, stopped);
    };
    return OpenedItem{
        .descriptor = {},
        .reader = std::make_unique<objects::ObjectReader>(std::move(read), file->Size(), std::move(stop)),
        .size_bytes = file->Size(),
        .state = {},
        .looked_at = LookedAt{
            .rendition = chosen->kind == "proxies" ? "proxy" : "original",
            .id = chosen->id,
            .lines = chosen->lines,
            .warning = chosen->no_proxy
        }
    };
}

Result<OpenedItem> IconikSource::Open(const Bucket& bucket, const Item& item, std::stop_token stop) {
    const auto connection = ConnectionOf(bucket.source_id);
    if (!connection) {
        return Unexpected(connection.error());
    }
    return OpenMedia(*connection, item, clock_.Now(), std::move(stop));
}

Result<void> IconikSource::CheckBucket(const Bucket& bucket, std::stop_token stop) {
    const auto place = PlaceOf(bucket.location);
    if (!place) {
        return Unexpected(place.error());
    }
    return ConnectionOf(bucket.source_id).and_then([&](const std::shared_ptr<Connection>& connection) {
        return CheckPlace(connection->client, *place, stop);
    });
}

std::string IconikSource::PublicationKey(std::string_view key, std::string_view suffix) const {
    return fmt::format("{}{}", key, suffix);
}

Result<std::optional<std::string>> IconikSource::StartOfPublished(
    const Bucket& /*bucket*/, const PublicationTarget& /*target*/, std::stop_token /*stop*/
) {  // NOLINT(performance-unnecessary-value-param): by value as in all of them
    return std::nullopt;
}

Result<void> IconikSource::Publish(
    const Bucket& bucket,
    const Item& item,
    const PublicationTarget& target,
    std::string_view bytes,
    std::stop_token stop
) {
    const auto connection = ConnectionOf(bucket.source_id);
    if (!connection) {
        return Unexpected(connection.error());
    }
    auto& client = (*connection)->client;
    const auto& writing = (*connection)->config.writing;
    const auto write = [&](bool tried) -> Result<void> {
        if (target.format == kTimelinePublication.name) {
            const Written to{
                .asset = item.key,
                .version = item.version,
                .tried = tried,
                .unmapped = &(*connection)->unmapped
            };
            return WriteTimeline(client, writing, to, bytes, stop);
        }
        return target.format == kStatusPublication.name
                   ? WriteStanding(
                         client, writing, {.asset = item.key, .only_ends = target.only_ends}, bytes, stop
                     )
                   : Fail(ErrorCode::kUnsupported, "no file can be written beside an asset of Iconik");
    };
    auto written = write(target.tried);
    // both look first at what is there: what was written although Iconik said otherwise is written to its end
    return !written && written.error().reason == kUncertain ? write(true) : written;
}

std::string IconikSource::WritingOf(const std::string& config, std::string_view format) const {
    const auto writing = ReadWriting(config);
    return !writing                              ? std::string()
           : format == kTimelinePublication.name ? TimelineWritingText(*writing)
           : format == kStatusPublication.name   ? StatusWritingText(*writing)
                                                 : std::string();
}

Result<std::vector<ProcessId>> IconikSource::ShowProgress(
    const Bucket& bucket, const Item& item, const std::vector<RunningProcess>& processes, std::stop_token stop
) {
    const auto connection = ConnectionOf(bucket.source_id);
    if (!connection || !(*connection)->config.writing.jobs) {
        return connection ? Result<std::vector<ProcessId>>() : Unexpected(connection.error());
    }
    std::map<std::string, double> running;
    for (const auto& process : processes) {
        running[process.process.Value()] = process.done;
    }
    const auto& owner = (*connection)->config.writing.owner;
    return iconik::ShowProgress((*connection)->client, {.asset = item.key, .owner = owner}, running, stop)
        .map([](const std::vector<std::string>& aborted) {
            return std::vector<ProcessId>(aborted.begin(), aborted.end());
        });
}

Result<SetupOutcome> IconikSource::SetUp(
    const SourceId& id, const SetupWish& wish, const std::stop_token& stop
) {
    return ConnectionOf(id).and_then([&](const std::shared_ptr<Connection>& connection) {
        const auto act = wish.remove ? TakeAway : iconik::SetUp;
        return act(connection->client, connection->config, wish, stop);
    });
}

Result<std::vector<StoreWebhook>> IconikSource::Webhooks(const SourceId& id, const std::stop_token& stop) {
    return ConnectionOf(id).and_then([&](const std::shared_ptr<Connection>& connection) {
        return ReadWebhooks(connection->client, connection->config.telling.webhooks, stop);
    });
}

Result<std::vector<ProcessId>> IconikSource::StoppedProcesses(const Bucket& bucket, std::stop_token stop) {
    const auto connection = ConnectionOf(bucket.source_id);
    if (!connection || !(*connection)->config.writing.jobs) {
        return connection ? Result<std::vector<ProcessId>>() : Unexpected(connection.error());
    }
    return AbortedProcesses((*connection)->client, stop).map([](const std::vector<std::string>& aborted) {
        return std::vector<ProcessId>(aborted.begin(), aborted.end());
    });
}

}  // namespace notify::iconik
