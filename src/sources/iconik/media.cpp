#include "sources/iconik/media.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/iconik/asset.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/config.hpp"
#include "sources/iconik/ids.hpp"
#include "sources/iconik/paging.hpp"
#include "sources/objects/faults.hpp"

namespace notify::iconik {

namespace {

using boost::json::object;

constexpr std::array<std::string_view, 3> kOnItsWay{"OPEN", "GROWING", "AWAITED"};

bool IsOnItsWay(std::string_view status) {
    return std::ranges::find(kOnItsWay, status) != kOnItsWay.end();
}

std::int64_t NumberIn(const object& json, std::string_view name) {
    const auto* const found = json.if_contains(name);
    return found != nullptr && found->is_int64() ? found->get_int64() : 0;
}

/// The shorter side: a film that stands upright has as many lines as one that lies.
std::int64_t LinesOf(const object& proxy) {
    const auto* const resolution = proxy.if_contains("resolution");
    const auto* const sides = resolution != nullptr ? resolution->if_object() : nullptr;
    return sides == nullptr ? 0 : std::min(NumberIn(*sides, "width"), NumberIn(*sides, "height"));
}

List ListOf(const Asset& asset, std::string_view kind) {
    const auto of_version = asset.version.empty() ? "" : fmt::format("versions/{}/", asset.version);
    return {
        .request =
            {.path = fmt::format("files/v1/assets/{}/{}{}/", asset.id, of_version, kind),
             .query = "generate_signed_url=false",
             .what = fmt::format("the {} of {}", kind, NameOf(asset)),
             .action = "list"},
        .per_page = 100
    };
}

Error NotReady(const Asset& asset, std::string_view what) {
    return objects::Fault(
        ErrorCode::kThrottled,
        objects::kMediaNotReady,
        fmt::format(
            "{} has no {} that is uploaded yet; it is looked at again until it has", NameOf(asset), what
        )
    );
}

struct Proxies {
    std::optional<ChosenMedia> best;
    bool on_their_way = false;
    Timestamp awaited_since;  ///< When the last of those was made; the epoch when that is not told.
};

Result<Proxies> LookAtProxies(
    Client& client, const Config& config, const Asset& asset, const std::stop_token& stop
) {
    Proxies proxies;
    std::pair<std::int64_t, std::int64_t> least;
    const auto visit = [&](const object& proxy) -> Result<void> {
        const auto status = TextIn(proxy, "status");
        if (IsOnItsWay(status)) {
            const auto made_at = TimeIn(proxy, "date_created");
            proxies.on_their_way = true;
            proxies.awaited_since =
                std::max(proxies.awaited_since, made_at == Timestamp() ? asset.made_at : made_at);
        }
        const std::pair size{LinesOf(proxy), NumberIn(proxy, "size")};
        const auto id = TextIn(proxy, "id");
        if (status == "CLOSED" && IsId(id) && size.first >= config.min_lines &&
            (!proxies.best || size < least)) {
            least = size;
            proxies.best = ChosenMedia{.kind = "proxies", .id = id, .lines = size.first};
        }
        return {};
    };
    return EachBehindId(client, ListOf(asset, "proxies"), visit, stop).map([&] { return proxies; });
}

/// A proxy whose time nobody tells is waited for.
bool IsAwaited(const Proxies& proxies, const Config& config, Timestamp now) {
    const bool is_dated = proxies.awaited_since != Timestamp();
    return proxies.on_their_way && (!is_dated || now - proxies.awaited_since < config.proxy_wait);
}

std::string WhyNone(const Proxies& proxies, const Config& config) {
    return proxies.on_their_way
               ? fmt::format(
                     "the original was read: a proxy that is on its way since {} was not uploaded whole "
                     "within {} minutes",
                     ToRfc3339(proxies.awaited_since),
                     config.proxy_wait.count()
                 )
               : fmt::format(
                     "the original was read: there is no proxy of {} lines or more that is uploaded whole",
                     config.min_lines
                 );
}

/// What Iconik calls ORIGINAL.
struct Format {
    std::string id;
    std::string media_type;  ///< In small letters; "" when it is not told.
};

Result<Format> OriginalFormat(Client& client, const Asset& asset, const std::stop_token& stop) {
    Format format;
    const auto visit = [&](const object& each) -> Result<void> {
        if (TextIn(each, "name") != "ORIGINAL") {
            return {};
        }
        format.id = TextIn(each, "id");
        const auto* const metadata = each.if_contains("metadata");
        const auto* const rows = metadata != nullptr ? metadata->if_array() : nullptr;
        if (rows != nullptr && !rows->empty() && rows->front().is_object()) {
            format.media_type = TextIn(rows->front().get_object(), "internet_media_type");
            std::ranges::transform(format.media_type, format.media_type.begin(), [](char c) {
                return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
            });
        }
        return {};
    };
    return EachBehindId(client, ListOf(asset, "formats"), visit, stop).map([&] { return format; });
}

Result<void> CheckType(const Config& config, const Asset& asset, const std::string& media_type) {
    const bool taken = config.file_types.empty() || media_type.empty() ||
                       std::ranges::find(config.file_types, media_type) != config.file_types.end();
    return taken ? Result<void>()
                 : Unexpected(
                       objects::Fault(
                           ErrorCode::kUnsupported,
                           "unsupported_media",
                           fmt::format(
                               "{} is {}, which is in none of the source's lists of file types",
                               NameOf(asset),
                               objects::CleanText(media_type)
                           )
                       )
                   );
}

/// Of the only file of the original, by its status.
Result<ChosenMedia> FileOf(const Asset& asset, const object& file) {
    const auto status = TextIn(file, "status");
    if (status == "CLOSED" && !asset.archived) {
        return ChosenMedia{.kind = "files", .id = TextIn(file, "id")};
    }
    if (status == "ARCHIVED" || asset.archived) {
        auto fault = objects::ArchivedFault({.endpoint = {}, .bucket = {}, .key = {}, .action = "read"});
        fault.message = fmt::format(
            "the original of {} is in an archive or offline; restore it in Iconik, or make a proxy: it is "
            "looked "
            "at once a day",
            NameOf(asset)
        );
        return Unexpected(fault);
    }
    if (IsOnItsWay(status)) {
        return Unexpected(NotReady(asset, "original"));
    }
    return Unexpected(
        objects::Fault(
            ErrorCode::kNotFound,
            objects::kNoObject,
            fmt::format(
                "Iconik has no whole original of {} (its file is {}): upload it again",
                NameOf(asset),
                objects::CleanText(status)
            )
        )
    );
}

Result<ChosenMedia> Original(
    Client& client, const Asset& asset, const Format& format, const std::stop_token& stop
) {
    std::vector<object> files;
    const auto visit = [&](const object& file) -> Result<void> {
        const bool is_file = TextIn(file, "type") != "DIRECTORY" && TextIn(file, "status") != "DELETED" &&
                             IsId(TextIn(file, "id"));
        if (is_file && (format.id.empty() || TextIn(file, "format_id") == format.id) && files.size() < 2) {
            files.push_back(file);
        }
        return {};
    };
    if (auto listed = EachBehindId(client, ListOf(asset, "files"), visit, stop); !listed) {
        return Unexpected(listed.error());
    }
    if (files.empty()) {
        return Unexpected(NotReady(asset, "original"));
    }
    if (files.size() > 1) {
        return Unexpected(
            objects::Fault(
                ErrorCode::kUnsupported,
                "many_files",
                fmt::format(
                    "the original of {} is more than one file, which cannot be read as one; make a proxy of "
                    "it",
                    NameOf(asset)
                )
            )
        );
    }
    return FileOf(asset, files.front());
}

}  // namespace

Result<ChosenMedia> ChooseMedia(
    Client& client, const Config& config, const Asset& asset, Timestamp now, const std::stop_token& stop
) {
    Format format;
    if (!config.file_types.empty() || config.media == MediaWish::kOriginal) {
        auto found = OriginalFormat(client, asset, stop);
        const auto fits =
            found.and_then([&](const Format& of) { return CheckType(config, asset, of.media_type); });
        if (!fits) {
            return Unexpected(fits.error());
        }
        format = *std::move(found);
    }
    if (config.media == MediaWish::kOriginal) {
        return Original(client, asset, format, stop);
    }
    const auto proxies = LookAtProxies(client, config, asset, stop);
    if (!proxies) {
        return Unexpected(proxies.error());
    }
    if (proxies->best) {
        return *proxies->best;
    }
    if (config.media == MediaWish::kProxy || IsAwaited(*proxies, config, now)) {
        return Unexpected(NotReady(asset, fmt::format("proxy of {} lines or more", config.min_lines)));
    }
    if (format.id.empty()) {
        auto found = OriginalFormat(client, asset, stop);
        if (!found) {
            return Unexpected(found.error());
        }
        format = *std::move(found);
    }
    return Original(client, asset, format, stop).map([&](ChosenMedia chosen) {
        chosen.no_proxy = WhyNone(*proxies, config);
        return chosen;
    });
}

Result<std::string> UrlOf(
    Client& client, const std::string& asset_id, const ChosenMedia& media, const std::stop_token& stop
) {
    const auto answer = client.Send(
        {.path = fmt::format("files/v1/assets/{}/{}/{}/download_url/", asset_id, media.kind, media.id),
         .what = fmt::format("the address of the media of asset {}", asset_id)},
        stop
    );
    if (!answer) {
        return Unexpected(answer.error());
    }
    auto url = answer->is_object() ? TextIn(answer->get_object(), "url") : std::string();
    return url.empty() ? Result<std::string>(Unexpected(
                             objects::Fault(
                                 ErrorCode::kUnavailable,
                                 objects::kWrongAnswer,
                                 fmt::format("Iconik gives no address of the media of asset {}", asset_id)
                             )
                         ))
                       : std::move(url);
}

}  // namespace notify::iconik
