#pragma once

// Which bytes of an asset are read: a proxy or its original.

#include <cstdint>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "sources/iconik/asset.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/config.hpp"

namespace notify::iconik {

/// A file or a proxy that is there.
struct ChosenMedia {
    std::string_view kind;  ///< "proxies" or "files".
    std::string id;
    std::int64_t lines = 0;  ///< Of a proxy's shorter side; 0 when it is not told.
    std::string no_proxy;    ///< Why it is the original although proxies are preferred; else "".
};

/// Chooses as the configuration wishes: of proxies the one of fewest lines, min_lines at least, that is
/// uploaded whole (CLOSED). `auto` takes the original when there is no such proxy and none is on its way, or
/// none came within proxy_wait of the time when the last was made, as Iconik tells it.
/// kThrottled (media_not_ready) while the media is not there, (archived) when it would have to be restored.
/// kUnsupported (unsupported_media): the original's type is not to be taken; (many_files): it is more than
/// one file. Errors of Client::Send.
[[nodiscard]] Result<ChosenMedia> ChooseMedia(
    Client& client, const Config& config, const Asset& asset, Timestamp now, const std::stop_token& stop
);

/// A signed URL of it, good for a while.
[[nodiscard]] Result<std::string> UrlOf(
    Client& client, const std::string& asset_id, const ChosenMedia& media, const std::stop_token& stop
);

}  // namespace notify::iconik
