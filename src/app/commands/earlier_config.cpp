#include "app/commands/earlier_config.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::object;

constexpr std::string_view kIconikHost = "https://app.iconik.io";
constexpr std::array<std::string_view, 3> kTypeLists{
    "video_file_types", "audio_file_types", "image_file_types"
};
constexpr std::array<std::string_view, 6> kRead{
    "system", "iconik_url", "datacore_endpoint", "video_file_types", "audio_file_types", "image_file_types"
};
/// Where Iconik sends what is new, for what `iconik setup` makes.
constexpr std::array<std::string_view, 2> kTelling{"system_endpoint", "webhook_name"};

/// A field that is in no source, and what becomes of it.
struct Told {
    std::string_view field;
    std::string_view sentence;
};

constexpr std::array<Told, 8> kTold{{
    {.field = "processor",
     .sentence =
         "FacialRecognition is the processor facial-recognition: a bucket is given it when it is added"},
    {.field = "no_of_threads", .sentence = "set WORKERS for as many items at a time"},
    {.field = "temp_folder", .sentence = "is not needed: nothing is written outside DATA_DIR"},
    {.field = "sqs_queue_url",
     .sentence = "is a source of its own: notifications-api sources add sqs --queue-url URL"},
    {.field = "aws_region", .sentence = "goes with the queue: sources add sqs --region"},
    {.field = "system_endpoint",
     .sentence = "is where Iconik's webhook sends to; to make it: notifications-api iconik setup"},
    {.field = "single_webhook",
     .sentence = "is not needed: iconik setup makes one webhook for assets and one for collections"},
    {.field = "webhook_name",
     .sentence = "is the name of Iconik's webhook; to make it: notifications-api iconik setup"},
}};

Unexpected Wrong(std::string_view field, std::string_view what) {
    return Fail(ErrorCode::kInvalidArgument, fmt::format("/{}: {}", field, what));
}

std::string TextIn(const object& json, std::string_view name) {
    const auto* const found = json.if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

Result<void> CheckFields(const object& json) {
    for (const auto& member : json) {
        const std::string_view name = member.key();
        if (std::ranges::find(kRead, name) == kRead.end() &&
            std::ranges::find(kTold, name, &Told::field) == kTold.end()) {
            return Wrong(name, "config.json had no such field");
        }
    }
    return {};
}

Result<void> CheckProcessor(const object& json, std::string_view processors) {
    const auto processor = TextIn(json, "processor");
    return !json.contains("processor") || processor == "FacialRecognition"
               ? Result<void>()
               : Wrong("processor", fmt::format("it is not in this version; there are: {}", processors));
}

/// "preview.iconik.cloud" was written without a scheme.
std::string WithScheme(std::string url) {
    return url.find("://") == std::string::npos ? "https://" + url : std::move(url);
}

Result<void> CopyTypes(const object& json, std::string_view name, object& config) {
    const auto* const given = json.if_contains(name);
    if (given == nullptr) {
        return {};
    }
    if (!given->is_array()) {
        return Wrong(name, "must be a list of media types");
    }
    boost::json::array types;
    for (const auto& type : given->get_array()) {
        if (std::ranges::find(types, type) == types.end()) {  // the one that was shipped names some twice
            types.push_back(type);
        }
    }
    config[name] = std::move(types);
    return {};
}

Result<object> IconikSource(const object& json) {
    const auto url = TextIn(json, "iconik_url");
    object config{{"endpoint", url.empty() ? std::string(kIconikHost) : WithScheme(url)}};
    for (const auto name : kTypeLists) {
        if (auto copied = CopyTypes(json, name, config); !copied) {
            return Unexpected(copied.error());
        }
    }
    for (const auto name : kTelling) {
        if (const auto text = TextIn(json, name); !text.empty()) {
            config[name] = text;
        }
    }
    return object{{"kind", "iconik"}, {"config", std::move(config)}};
}

Result<object> SourceOf(const object& json, const boost::json::value& system) {
    if (system == "iconik") {
        return IconikSource(json);
    }
    if (system != "datacore") {
        return Wrong("system", "must hold iconik, datacore or both");
    }
    const auto url = TextIn(json, "datacore_endpoint");
    if (url.empty()) {
        return Wrong(
            "datacore_endpoint", "is missing: the storage domain, like https://media.cloud.datacore.com"
        );
    }
    return object{{"kind", "datacore"}, {"config", object{{"endpoint", WithScheme(url)}}}};
}

}  // namespace

Result<EarlierConfig> ReadEarlierConfig(std::string_view text, std::string_view processors) {
    const auto parsed = ParseJson(text);
    if (!parsed || !parsed->is_object()) {
        return Fail(ErrorCode::kInvalidArgument, "the file is no JSON object");
    }
    const auto& json = parsed->get_object();
    if (auto checked = CheckFields(json).and_then([&] { return CheckProcessor(json, processors); });
        !checked) {
        return Unexpected(checked.error());
    }
    const auto* const system = json.if_contains("system");
    if (system == nullptr || !system->is_array() || system->get_array().empty()) {
        return Wrong("system", "must hold iconik, datacore or both");
    }
    EarlierConfig read;
    for (const auto& each : system->get_array()) {
        auto source = SourceOf(json, each);
        if (!source) {
            return Unexpected(source.error());
        }
        read.sources.push_back(*std::move(source));
    }
    for (const auto& [field, sentence] : kTold) {
        if (json.contains(field)) {
            read.sentences.push_back(fmt::format("{}: {}", field, sentence));
        }
    }
    return read;
}

}  // namespace notify
