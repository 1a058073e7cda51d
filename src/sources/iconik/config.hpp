#pragma once

// The configuration of a source of kind "iconik", and what a bucket of one is.

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/telling.hpp"
#include "sources/iconik/writing.hpp"

namespace notify::iconik {

/// What is read of an asset.
enum class MediaWish : std::uint8_t { kAuto, kProxy, kOriginal };

struct Config {
    ClientSettings client;
    MediaWish media = MediaWish::kAuto;
    int min_lines = 540;
    std::chrono::minutes proxy_wait = std::chrono::minutes(60);  ///< Of `auto`, for a proxy on its way.
    std::chrono::hours media_wait = std::chrono::hours(24);
    std::vector<std::string> file_types;  ///< In small letters; empty: every type is taken.
    Writing writing;
    Telling telling;
};

/// Reads the canonical JSON of a source (its kind's schema was checked). kInvalidArgument with a JSON
/// pointer.
[[nodiscard]] Result<Config> ReadConfig(std::string_view json);

/// Of that only what is written to assets, without `owner`; no file is looked at. kInvalidArgument.
[[nodiscard]] Result<Writing> ReadWriting(std::string_view json);

/// "https://app.iconik.io" of "https://app.iconik.io/", ".../API/" and the like. kInvalidArgument: no http(s)
/// URL, or one with a path, a query, a name or a password.
[[nodiscard]] Result<std::string> BaseUrl(std::string_view endpoint);

/// Where a bucket's assets are.
struct Place {
    enum class Kind : std::uint8_t { kCollection, kSearch, kAssets };

    Kind kind = Kind::kAssets;
    std::string id;  ///< Of the collection or the saved search.
};

/// Reads a bucket's location: "collections/ID", "searches/ID" or "assets". kInvalidArgument.
[[nodiscard]] Result<Place> PlaceOf(std::string_view location);

}  // namespace notify::iconik
