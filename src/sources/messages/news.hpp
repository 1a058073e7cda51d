#pragma once

// News: what a message tells of. It is only a hint where to look; nothing of it is believed.

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace notify {

/// An object of an object store.
struct StoreNews {
    std::string bucket;
    std::vector<std::string> keys;  ///< Which it may be, bytes, the likeliest first; never empty.
    bool created = false;           ///< Something was written there, or can be read again.
    bool restored = false;          ///< It was brought back from an archive.
    std::string event;              ///< As it was named: "s3:ObjectCreated:Put".

    bool operator==(const StoreNews&) const = default;
};

/// What of an asset of Iconik changed.
enum class AssetChange : std::uint8_t {
    kEntity,    ///< The asset itself, or what this service knows no name for.
    kFiles,     ///< Its files or file sets.
    kProxies,   ///< Its proxies.
    kFormats,   ///< Its formats.
    kContents,  ///< It was put into a collection.
    kAction,    ///< Nothing: a person chose it, or a message of our own form names it.
};

/// An asset of Iconik. Ids are UUIDs in lower case.
struct AssetNews {
    std::string asset_id;
    AssetChange change = AssetChange::kEntity;
    std::string version_id;  ///< Of the asset's version, when told; else "".

    bool operator==(const AssetNews&) const = default;
};

/// A collection of Iconik: its contents are to be looked at.
struct CollectionNews {
    std::string collection_id;

    bool operator==(const CollectionNews&) const = default;
};

/// A saved search of Iconik: what it finds is to be looked at.
struct SearchNews {
    std::string search_id;

    bool operator==(const SearchNews&) const = default;
};

using News = std::variant<StoreNews, AssetNews, CollectionNews, SearchNews>;

}  // namespace notify
