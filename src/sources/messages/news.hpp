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

/// What is told of an asset of Iconik.
enum class AssetChange : std::uint8_t {
    kEntity,  ///< Something of it changed, or it is gone. Also what this service writes is told so.
    kMedia,   ///< Its files, proxies or formats; or a message of our own form names it.
    kChosen,  ///< A person chose it by hand.
};

/// An asset of Iconik. Its id is a UUID in lower case.
struct AssetNews {
    std::string asset_id;
    AssetChange change = AssetChange::kEntity;

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
