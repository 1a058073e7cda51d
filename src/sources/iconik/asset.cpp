#include "sources/iconik/asset.hpp"

#include <cstddef>
#include <cstdint>
#include <limits>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/ids.hpp"
#include "sources/objects/faults.hpp"

namespace notify::iconik {

namespace {

constexpr std::size_t kMostCollections = 1000;

const boost::json::array* ArrayIn(const boost::json::object& json, std::string_view name) {
    const auto* const found = json.if_contains(name);
    return found != nullptr ? found->if_array() : nullptr;
}

/// The newest; one that is still uploaded does not count yet. Null when there is none.
const boost::json::object* VersionIn(const boost::json::object& json) {
    const auto* const versions = ArrayIn(json, "versions");
    const boost::json::object* best = nullptr;
    std::int64_t number_of_best = std::numeric_limits<std::int64_t>::min();
    for (std::size_t i = 0; versions != nullptr && i < versions->size(); ++i) {
        const auto* const of = (*versions)[i].if_object();
        const auto id = of != nullptr ? TextIn(*of, "id") : std::string();
        if (!IsId(id) || (!TextIn(*of, "status").empty() && TextIn(*of, "status") != "ACTIVE")) {
            continue;
        }
        const auto* const number = of->if_contains("version_number");
        const auto this_number = number != nullptr && number->is_int64() ? number->get_int64() : 0;
        if (this_number >= number_of_best) {
            number_of_best = this_number;
            best = of;
        }
    }
    return best;
}

bool IsFalse(const boost::json::object& json, std::string_view name) {
    const auto* const found = json.if_contains(name);
    return found != nullptr && found->is_bool() && !found->get_bool();
}

}  // namespace

// times of Iconik are UTC, with a fraction and mostly without an offset.
Timestamp TimeIn(const boost::json::object& json, std::string_view name) {
    constexpr std::size_t kSeconds = 19;  // "2026-11-28T17:48:50"
    const auto text = TextIn(json, name).substr(0, kSeconds);
    return FromRfc3339(text + "Z").value_or(Timestamp());
}

Result<Asset> ReadAsset(const boost::json::object& json) {
    const auto* const version = VersionIn(json);
    const bool is_dated = version != nullptr && TimeIn(*version, "date_created") != Timestamp();
    Asset asset{
        .id = TextIn(json, "id"),
        .title = objects::CleanText(TextIn(json, "title")),
        .type = TextIn(json, "type"),
        .version = version != nullptr ? TextIn(*version, "id") : std::string(),
        .deleted = TextIn(json, "status") == "DELETED",
        .archived = TextIn(json, "archive_status") == "ARCHIVED" || IsFalse(json, "is_online"),
        .modified_at = TimeIn(json, "date_modified"),
        .made_at = TimeIn(is_dated ? *version : json, "date_created"),
        .collections = {}
    };
    if (!IsId(asset.id)) {
        return Unexpected(
            objects::Fault(
                ErrorCode::kUnavailable, objects::kNotAStore, "what Iconik sent as an asset has no id"
            )
        );
    }
    asset.type = asset.type.empty() ? "ASSET" : asset.type;
    const auto* const collections = ArrayIn(json, "in_collections");
    for (const auto& place : collections != nullptr ? *collections : boost::json::array()) {
        if (place.is_string() && asset.collections.size() < kMostCollections) {
            asset.collections.emplace_back(place.get_string());
        }
    }
    return asset;
}

Result<Asset> GetAsset(Client& client, const std::string& id, const std::stop_token& stop) {
    const auto missing = [&] {
        return objects::Fault(
            ErrorCode::kNotFound, objects::kNoObject, fmt::format("there is no asset {} in Iconik", id)
        );
    };
    if (!IsId(id)) {
        return Unexpected(missing());
    }
    const auto answer = client.Send(
        {.path = fmt::format("assets/v1/assets/{}/", id),
         .query = "include_collections=true",
         .what = fmt::format("asset {}", id)},
        stop
    );
    if (!answer) {
        return Unexpected(answer.error().code == ErrorCode::kNotFound ? missing() : answer.error());
    }
    auto asset = answer->is_object() ? ReadAsset(answer->get_object()) : ReadAsset({});
    return asset && asset->deleted ? Unexpected(missing()) : std::move(asset);
}

std::string NameOf(const Asset& asset) {
    return asset.title.empty() ? fmt::format("asset {}", asset.id)
                               : fmt::format("asset {}, '{}'", asset.id, asset.title);
}

}  // namespace notify::iconik
