#include "sources/messages/iconik_events.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/result.hpp"
#include "core/uuid.hpp"
#include "sources/messages/members.hpp"
#include "sources/messages/message.hpp"
#include "sources/messages/news.hpp"

namespace notify::messages {

namespace {

using boost::json::object;

constexpr std::string_view kWebhook = "iconik_webhook";
constexpr std::string_view kAction = "iconik_action";

/// Parts of an asset that say nothing of its media; we write some of them ourselves.
constexpr std::array<std::string_view, 13> kNotMedia{
    "acls",
    "approvals",
    "comments",
    "favorites",
    "history",
    "jobs",
    "keyframes",
    "metadata",
    "relations",
    "segments",
    "shares",
    "subscriptions",
    "transcriptions",
};

/// Words that Iconik writes in lower case, and others in upper.
bool IsOneOf(std::string_view word, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view each) { return SameWord(word, each); });
}

std::string Uuid(const object& json, std::string_view name) {
    return UuidOf(Text(json, name));
}

Message Ignored(std::string_view word, std::string sentence) {
    return Message{.ignored = std::string(word), .sentence = std::move(sentence)};
}

/// A webhook, as far as it tells what happened.
struct Event {
    std::string type;
    std::string realm;
    std::string operation;
    const object& data;
    const object& whole;
};

Event EventOf(const object& json) {
    auto type = Text(json, "event_type");
    return {
        .type = type.empty() ? Text(json, "object_type") : std::move(type),
        .realm = Text(json, "realm"),
        .operation = Text(json, "operation"),
        .data = Inner(json, "data"),
        .whole = json
    };
}

bool IsOfEntity(const Event& event) {
    return event.realm.empty() || IsOneOf(event.realm, {"entity", "assets", "collections"});
}

AssetChange ChangeOf(std::string_view realm) {
    return IsOneOf(realm, {"files", "file_sets", "proxies", "formats"}) ? AssetChange::kMedia
                                                                        : AssetChange::kEntity;
}

/// The asset that an event is about, or "". The event's own object_id is that of the part that changed: only
/// where the whole asset did is it the asset's.
std::string AssetOf(const Event& event) {
    if (auto id = Uuid(event.data, "asset_id"); !id.empty()) {
        return id;
    }
    if (SameWord(Text(event.data, "object_type"), "assets")) {
        return Uuid(event.data, "object_id");
    }
    if (!IsOneOf(event.type, {"assets", "asset"}) || !IsOfEntity(event)) {
        return {};
    }
    const auto id = Uuid(event.whole, "object_id");
    return id.empty() ? Uuid(event.data, "id") : id;
}

Result<Message> OfAsset(const Event& event, AssetChange change) {
    auto id = AssetOf(event);
    if (id.empty()) {
        return NotUnderstood(
            kWebhook, "the event names no asset by a UUID (data.asset_id, data.object_id or object_id)"
        );
    }
    Message message;
    message.news.emplace_back(AssetNews{.asset_id = std::move(id), .change = change});
    return message;
}

/// An asset that was put into a collection; else the collection itself.
Result<Message> OfCollection(const Event& event) {
    if (!AssetOf(event).empty()) {
        return OfAsset(event, AssetChange::kEntity);
    }
    if (IsOfEntity(event) && !SameWord(event.operation, "restore")) {
        return Ignored("not_media", "a collection changed, and nothing that is in it");
    }
    auto id = Uuid(event.data, "collection_id");
    if (id.empty()) {
        id = Uuid(event.whole, "object_id");
    }
    if (id.empty()) {
        return NotUnderstood(
            kWebhook, "the event names no collection by a UUID (data.collection_id or object_id)"
        );
    }
    Message message;
    message.news.emplace_back(CollectionNews{.collection_id = std::move(id)});
    return message;
}

Result<Message> OfEvent(const Event& event) {
    if (IsOneOf(event.operation, {"delete", "purge"})) {
        return IsOneOf(event.type, {"assets", "asset"}) && IsOfEntity(event)
                   ? OfAsset(event, AssetChange::kEntity)
                   : Ignored("deleted", "something is gone in Iconik; scans find what that concerns");
    }
    const bool is_download = SameWord(event.operation, "download");
    if (is_download || std::ranges::any_of(kNotMedia, [&](std::string_view part) {
            return SameWord(event.realm, part) || SameWord(event.type, part);
        })) {
        return Ignored("not_media", "nothing changed in Iconik that media are read from");
    }
    if (IsOneOf(event.type, {"collections", "collection"})) {
        return OfCollection(event);
    }
    if (IsOneOf(event.type, {"assets", "asset"})) {
        return OfAsset(event, ChangeOf(event.realm));
    }
    if (IsOneOf(event.type, {"files", "file_sets", "proxies", "formats", "versions"})) {
        return OfAsset(event, ChangeOf(event.type));
    }
    return Ignored("not_media", "the event of Iconik is of nothing that media are read from");
}

void SetOrigin(const object& json, Message& message) {
    message.system_domain_id = Uuid(json, "system_domain_id");
    message.user_id = Uuid(json, "user_id");
}

/// The UUIDs of a list; none when there is no list.
Result<std::vector<std::string>> Ids(const object& json, std::string_view name, std::string_view reason) {
    std::vector<std::string> ids;
    const auto* list = Member(json, name);
    if (list == nullptr) {
        return ids;
    }
    if (!list->is_array()) {
        return NotUnderstood(reason, fmt::format("/{}: must be a list", name));
    }
    for (const auto& each : list->get_array()) {
        auto id = each.is_string() ? UuidOf(each.get_string()) : std::string();
        if (id.empty()) {
            return NotUnderstood(reason, fmt::format("/{}: must be a list of UUIDs", name));
        }
        ids.push_back(std::move(id));
    }
    return ids;
}

/// One id of our own form; nothing when it is not there.
Result<void> AddId(const object& json, std::string_view name, std::vector<std::string>& ids) {
    const auto* found = Member(json, name);
    if (found == nullptr) {
        return {};
    }
    auto id = found->is_string() ? UuidOf(found->get_string()) : std::string();
    if (id.empty()) {
        return NotUnderstood("short_form", fmt::format("/{}: must be a UUID", name));
    }
    ids.push_back(std::move(id));
    return {};
}

/// What was chosen by ids.
struct Chosen {
    std::vector<std::string> assets;
    std::vector<std::string> collections;
    std::vector<std::string> searches;
};

/// `change`: as what the assets are told.
Message NewsOf(Chosen chosen, AssetChange change) {
    Message message;
    for (auto& id : chosen.assets) {
        message.news.emplace_back(AssetNews{.asset_id = std::move(id), .change = change});
    }
    for (auto& id : chosen.collections) {
        message.news.emplace_back(CollectionNews{.collection_id = std::move(id)});
    }
    for (auto& id : chosen.searches) {
        message.news.emplace_back(SearchNews{.search_id = std::move(id)});
    }
    if (message.news.empty()) {
        message.ignored = "nothing_chosen";
        message.sentence = "no asset, collection or saved search was chosen";
    }
    return message;
}

}  // namespace

bool IsIconikWebhook(const object& json) {
    return !EventOf(json).type.empty() &&
           (Member(json, "operation") != nullptr || Member(json, "realm") != nullptr);
}

bool IsIconikAction(const object& json) {
    const auto is_there = [&](std::string_view name) { return Member(json, name) != nullptr; };
    return is_there("action_id") ||
           (!Text(json, "context").empty() &&
            (is_there("asset_ids") || is_there("collection_ids") || is_there("saved_search_ids")));
}

Result<Message> ReadIconikWebhook(const object& json) {
    return OfEvent(EventOf(json)).map([&](Message message) {
        SetOrigin(json, message);
        return message;
    });
}

Result<Message> ReadIconikAction(const object& json) {
    auto assets = Ids(json, "asset_ids", kAction);
    auto collections = Ids(json, "collection_ids", kAction);
    auto searches = Ids(json, "saved_search_ids", kAction);
    for (const auto* list : {&assets, &collections, &searches}) {
        if (!*list) {
            return Unexpected(list->error());
        }
    }
    auto message = NewsOf(
        {.assets = *std::move(assets),
         .collections = *std::move(collections),
         .searches = *std::move(searches)},
        AssetChange::kChosen
    );
    SetOrigin(json, message);
    return message;
}

Result<Message> ReadIconikIds(const object& json) {
    Chosen chosen;
    auto assets = Ids(json, "asset_ids", "short_form");
    if (!assets) {
        return Unexpected(assets.error());
    }
    chosen.assets = *std::move(assets);
    return AddId(json, "asset_id", chosen.assets)
        .and_then([&] { return AddId(json, "collection_id", chosen.collections); })
        .map([&] { return NewsOf(std::move(chosen), AssetChange::kMedia); });
}

}  // namespace notify::messages
