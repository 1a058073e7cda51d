#include "sources/iconik/config.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "domain/named.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/ids.hpp"
#include "sources/iconik/telling.hpp"
#include "sources/iconik/writing.hpp"
#include "sources/s3/config.hpp"

namespace notify::iconik {

namespace {

constexpr std::array<std::string_view, 3> kWishes{"auto", "proxy", "original"};
constexpr std::array<std::string_view, 3> kTypeLists{
    "video_file_types", "audio_file_types", "image_file_types"
};
constexpr std::size_t kMostTypes = 200;
constexpr std::size_t kMostPeople = 10'000;

std::int64_t NumberIn(const boost::json::object& json, std::string_view name, std::int64_t otherwise) {
    const auto* const found = json.if_contains(name);
    return found != nullptr && found->is_int64() ? found->get_int64() : otherwise;
}

std::string LowerCase(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return lower;
}

std::string TextOr(const boost::json::object& json, std::string_view name, const std::string& otherwise) {
    return json.contains(name) ? TextIn(json, name) : otherwise;
}

bool FlagOr(const boost::json::object& json, std::string_view name, bool otherwise) {
    const auto* const found = json.if_contains(name);
    return found != nullptr && found->is_bool() ? found->get_bool() : otherwise;
}

/// A key as a JSON pointer holds it (RFC 6901).
std::string Escaped(std::string_view key) {
    std::string text;
    for (const char c : key) {
        text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return text;
}

/// People are theirs by explicit entries only: Iconik has no call that makes a person.
Result<void> ReadPeople(const boost::json::object& json, Writing& writing) {
    const auto* const given = json.if_contains("person_map");
    const auto* const people = given != nullptr ? given->if_object() : nullptr;
    const auto count = people != nullptr ? people->size() : 0;
    const bool wanted = writing.segment_type == "PERSON";
    if (wanted != (count > 0)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            wanted
                ? "/person_map: segments of type PERSON need the ids that people have in Iconik, like "
                  "{\"Ada Lovelace\": \"UUID\"}; give one at least, or another segment_type"
                : "/person_map: is for segments of type PERSON; set segment_type to PERSON, or leave it out"
        );
    }
    if (count > kMostPeople) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("/person_map: more people than {}", kMostPeople)
        );
    }
    for (std::size_t i = 0; i < count; ++i) {
        const auto& [name, id] = *(people->begin() + static_cast<std::ptrdiff_t>(i));
        if (!id.is_string() || !IsId(id.get_string())) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "/person_map/{}: must be the id of a person in Iconik, a UUID of 36 letters",
                    Escaped(name)
                )
            );
        }
        writing.person_map.emplace(name, id.get_string());
    }
    return {};
}

Result<Writing> ReadWriting(const boost::json::object& json) {
    Writing writing;
    writing.segment_type = TextOr(json, "segment_type", writing.segment_type);
    writing.track = TextOr(json, "segment_track", writing.track);
    writing.proposed = FlagOr(json, "write_proposed", writing.proposed);
    writing.names_view = TextOr(json, "names_view", writing.names_view);
    writing.names_field = TextOr(json, "names_field", writing.names_field);
    writing.append_names = FlagOr(json, "append_names", writing.append_names);
    writing.status_field = TextOr(json, "status_field", writing.status_field);
    writing.jobs = FlagOr(json, "jobs", writing.jobs);
    if (!writing.names_view.empty() && !IsId(writing.names_view)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/names_view: must be the id of a metadata view, a UUID of 36 letters"
        );
    }
    if (writing.names_view.empty() != writing.names_field.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "/{}: names need a view and a field in it; give both or none",
                writing.names_view.empty() ? "names_view" : "names_field"
            )
        );
    }
    return ReadPeople(json, writing).map([&] { return std::move(writing); });
}

constexpr std::size_t kMostWebhooks = 10;

Result<Telling> ReadTelling(const boost::json::object& json) {
    Telling telling;
    telling.system_endpoint = TextIn(json, "system_endpoint");
    telling.webhook_name = TextOr(json, "webhook_name", telling.webhook_name);
    telling.action_title = TextOr(json, "action_title", telling.action_title);
    telling.custom_action = TextIn(json, "custom_action");
    if (!telling.system_endpoint.empty()) {
        if (const auto url = IntakeUrl(telling.system_endpoint); !url) {
            return Unexpected(url.error());
        }
    }
    if (!telling.custom_action.empty() && !IsId(telling.custom_action)) {
        return Fail(ErrorCode::kInvalidArgument, "/custom_action: must be the id of a custom action, a UUID");
    }
    const auto* const ids = json.if_contains("webhooks");
    for (const auto& id : ids != nullptr && ids->is_array() ? ids->get_array() : boost::json::array()) {
        if (!id.is_string() || !IsId(id.get_string()) || telling.webhooks.size() == kMostWebhooks) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("/webhooks: must hold ids of webhooks, UUIDs, {} at most", kMostWebhooks)
            );
        }
        telling.webhooks.emplace_back(id.get_string());
    }
    return telling;
}

Result<void> AddTypes(
    const boost::json::object& json, std::string_view name, std::vector<std::string>& types
) {
    const auto* const found = json.if_contains(name);
    if (found == nullptr || !found->is_array()) {
        return {};
    }
    for (const auto& type : found->get_array()) {
        if (!type.is_string() || std::string_view(type.get_string()).find('/') == std::string_view::npos) {
            return Fail(
                ErrorCode::kInvalidArgument, fmt::format("/{}: must hold media types like video/mp4", name)
            );
        }
        if (types.size() == kMostTypes) {
            return Fail(
                ErrorCode::kInvalidArgument, fmt::format("/{}: more types than {}", name, kMostTypes)
            );
        }
        types.push_back(LowerCase(type.get_string()));
    }
    return {};
}

}  // namespace

Result<std::string> BaseUrl(std::string_view endpoint) {
    const auto url = Url::Parse(endpoint);
    if (!url) {
        return Unexpected(url.error());
    }
    auto text = url->Text();
    const auto cut = [&](std::string_view end) {
        if (text.ends_with(end)) {
            text.resize(text.size() - end.size());
        }
    };
    cut("/");
    cut("/API");
    const auto host_at = text.find("://") + 3;
    if (url->HasUserInfo() || text.find_first_of("/?#", host_at) != std::string::npos) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "give the host alone, like https://app.iconik.io, without a path, a name or a password"
        );
    }
    return text;
}

Result<Config> ReadConfig(std::string_view json_text) {
    auto common = s3::ReadConfig(json_text);  // network, limits, credentials
    if (!common) {
        return Unexpected(common.error());
    }
    const auto json = ParseJson(json_text);
    if (!json || !json->is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "the configuration of the source is no JSON object");
    }
    const auto& given = json->get_object();
    auto base = BaseUrl(TextIn(given, "endpoint"));
    if (!base) {
        return Unexpected(base.error().Within("/endpoint"));
    }
    auto writing = ReadWriting(given);
    if (!writing) {
        return Unexpected(writing.error());
    }
    auto telling = ReadTelling(given);
    if (!telling) {
        return Unexpected(telling.error());
    }
    Config config;
    config.writing = *std::move(writing);
    config.telling = *std::move(telling);
    config.client.base_url = *std::move(base);
    config.client.network = std::move(common->network);
    config.client.limits = common->limits;
    config.media = Named<MediaWish>(kWishes, TextIn(given, "media")).value_or(MediaWish::kAuto);
    config.min_lines = static_cast<int>(NumberIn(given, "min_lines", config.min_lines));
    config.proxy_wait =
        std::chrono::minutes(NumberIn(given, "proxy_wait_minutes", config.proxy_wait.count()));
    config.media_wait = std::chrono::hours(NumberIn(given, "media_wait_hours", config.media_wait.count()));
    for (const auto name : kTypeLists) {
        if (auto added = AddTypes(given, name, config.file_types); !added) {
            return Unexpected(added.error());
        }
    }
    return config;
}

Result<Writing> ReadWriting(std::string_view json_text) {
    const auto json = ParseJson(json_text);
    return json && json->is_object()
               ? ReadWriting(json->get_object())
               : Fail(ErrorCode::kInvalidArgument, "the configuration of the source is no JSON object");
}

Result<Place> PlaceOf(std::string_view location) {
    const auto slash = location.find('/');
    const auto word = location.substr(0, slash);
    const auto id = slash == std::string_view::npos ? std::string_view() : location.substr(slash + 1);
    if (word == "assets" && id.empty()) {
        return Place{};
    }
    const bool is_collection = word == "collections";
    if ((!is_collection && word != "searches") || !IsId(id)) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "a place in Iconik is collections/ID, searches/ID (a saved search) or assets (all of them); the "
            "ID "
            "stands at the end of its address in the browser"
        );
    }
    return Place{
        .kind = is_collection ? Place::Kind::kCollection : Place::Kind::kSearch, .id = std::string(id)
    };
}

}  // namespace notify::iconik
