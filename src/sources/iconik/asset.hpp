#pragma once

// What an asset of Iconik is, of what its API tells.

#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/object.hpp>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"

namespace notify::iconik {

struct Asset {
    std::string id;
    std::string title;    ///< For sentences; at most 200 characters.
    std::string type;     ///< "ASSET", "PLACEHOLDER", "LINK", …; "ASSET" when it is not told.
    std::string version;  ///< Id of the version that counts: the newest that is there. "" when none was told.
    bool deleted = false;
    bool archived = false;  ///< Archived, or on storage that is offline.
    Timestamp modified_at;
    Timestamp made_at;  ///< When the version was made, else the asset; the epoch when neither is told.
    std::vector<std::string> collections;  ///< Ids of those it stands in directly.
};

/// What Iconik says of a time: the epoch when there is none that can be read.
[[nodiscard]] Timestamp TimeIn(const boost::json::object& json, std::string_view name);

/// kUnavailable (not_a_store) for what is no asset: its id is none.
[[nodiscard]] Result<Asset> ReadAsset(const boost::json::object& json);

/// kNotFound (no_object) when there is none, or it was deleted.
[[nodiscard]] Result<Asset> GetAsset(Client& client, const std::string& id, const std::stop_token& stop);

/// "asset 2222…, 'clip.mxf'".
[[nodiscard]] std::string NameOf(const Asset& asset);

}  // namespace notify::iconik
