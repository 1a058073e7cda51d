#include "queue/messages/news_row.hpp"

#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "core/clock.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/news.hpp"
#include "sources/messages/news.hpp"

namespace notify {

namespace {

struct Address {
    NewsKind kind = NewsKind::kObject;
    std::string bytes;
};

NewsKind KindOf(AssetChange change) {
    switch (change) {
        case AssetChange::kEntity:
            return NewsKind::kAsset;
        case AssetChange::kMedia:
            return NewsKind::kAssetMedia;
        case AssetChange::kChosen:
            break;
    }
    return NewsKind::kChosenAsset;
}

struct ToAddress {
    Address operator()(const StoreNews& news) const {
        auto bytes = news.bucket;
        for (const auto& key : news.keys) {
            bytes += '\0' + key;
        }
        return {
            .kind = news.restored ? NewsKind::kRestoredObject : NewsKind::kObject, .bytes = std::move(bytes)
        };
    }

    Address operator()(const AssetNews& news) const {
        return {.kind = KindOf(news.change), .bytes = news.asset_id};
    }

    Address operator()(const CollectionNews& news) const {
        return {.kind = NewsKind::kCollection, .bytes = news.collection_id};
    }

    Address operator()(const SearchNews& news) const {
        return {.kind = NewsKind::kSearch, .bytes = news.search_id};
    }
};

StoreNews ObjectOf(const InboxNews& row) {
    std::vector<std::string> parts;
    std::string_view rest = row.address;
    for (auto zero = rest.find('\0'); zero != std::string_view::npos; zero = rest.find('\0')) {
        parts.emplace_back(rest.substr(0, zero));
        rest.remove_prefix(zero + 1);
    }
    StoreNews news{
        .keys = {std::string(rest)}, .created = true, .restored = row.kind == NewsKind::kRestoredObject
    };
    if (!parts.empty()) {
        news.bucket = std::move(parts.front());
        news.keys.insert(news.keys.begin(), parts.begin() + 1, parts.end());
    }
    return news;
}

}  // namespace

InboxNews RowOf(const News& news, Timestamp now) {
    auto address = std::visit(ToAddress{}, news);
    return {
        .id = NewsId(MakeId("nws")),
        .kind = address.kind,
        .address = std::move(address.bytes),
        .first_told_at = now,
        .due_at = now
    };
}

News NewsOf(const InboxNews& row) {
    switch (row.kind) {
        case NewsKind::kObject:
        case NewsKind::kRestoredObject:
            return ObjectOf(row);
        case NewsKind::kAsset:
            return AssetNews{.asset_id = row.address, .change = AssetChange::kEntity};
        case NewsKind::kAssetMedia:
            return AssetNews{.asset_id = row.address, .change = AssetChange::kMedia};
        case NewsKind::kChosenAsset:
            return AssetNews{.asset_id = row.address, .change = AssetChange::kChosen};
        case NewsKind::kCollection:
            return CollectionNews{.collection_id = row.address};
        case NewsKind::kSearch:
            break;
    }
    return SearchNews{.search_id = row.address};
}

}  // namespace notify
