#include "app/commands/bodies.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <cmath>
#include <cstddef>
#include <filesystem>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <fmt/core.h>

#include "app/commands/bucket_options.hpp"
#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

namespace notify {

using boost::json::array;
using boost::json::object;

namespace {

/// The whole text as a finite number.
std::optional<double> Number(std::string_view text) {
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool good = error == std::errc{} && end == text.data() + text.size() && std::isfinite(number);
    return good ? std::optional(number) : std::nullopt;
}

}  // namespace

array Texts(const std::vector<std::string>& texts) {
    array list;
    for (const auto& text : texts) {
        list.emplace_back(text);
    }
    return list;
}

std::string IsSeconds(const std::string& text) {
    const auto seconds = Number(text);
    const bool good = seconds && *seconds >= 0;
    return good ? "" : fmt::format("'{}' is not a number of seconds, 0 or more", text);
}

Result<object> RuleBody(const Words& words) {
    object body;
    if (!words.config.empty()) {
        auto config = ParseJson(words.config);
        if (!config) {
            return Unexpected(config.error().Within("--config"));
        }
        body["config"] = std::move(*config);
    }
    if (!words.media_types.empty()) {
        body["media_types"] =
            words.media_types == std::vector<std::string>{""} ? array() : Texts(words.media_types);
    }
    if (words.path_glob) {
        body["path_glob"] = *words.path_glob;
    }
    if (words.priority) {
        body["priority"] = *words.priority;
    }
    if (!words.basis.empty()) {
        body["biometric_basis"] = words.basis;
    }
    return body;
}

std::optional<object> BacklogBody(const Words& words) {
    const auto& given = words.backlog;
    if (given.policy.empty() && !given.items_per_day && !given.hours_per_day) {
        return std::nullopt;
    }
    object body{{"policy", given.policy.empty() ? "budget" : given.policy}};
    if (given.items_per_day) {
        body["items_per_day"] = *given.items_per_day;
    }
    if (given.hours_per_day) {
        body["decode_hours_per_day"] = *given.hours_per_day;
    }
    return body;
}

namespace {

/// Options that a bucket's addition and its change share.
void AddBucketOptions(const Words& words, object& body) {
    if (!words.name.empty()) {
        body["name"] = words.name;
    }
    if (words.settle_seconds >= 0) {
        body["settle_seconds"] = words.settle_seconds;
    }
    if (words.scan_seconds >= 0) {
        body["scan_interval_seconds"] = words.scan_seconds;
    }
    if (words.publish) {
        body["publish"] = *words.publish;
    }
    if (words.restore) {
        body["restore"] = *words.restore;
    }
    if (words.weight) {
        body["weight"] = *words.weight;
    }
    if (words.max_in_flight) {
        body["max_in_flight"] = *words.max_in_flight;
    }
    if (auto backlog = BacklogBody(words)) {
        body["backlog"] = *std::move(backlog);
    }
    for (const auto& [member, globs] :
         {std::pair("include", &words.include), std::pair("exclude", &words.exclude)}) {
        if (!globs->empty()) {
            body[member] = *globs == std::vector<std::string>{""} ? array() : Texts(*globs);
        }
    }
}

}  // namespace

std::optional<object> PublishingBody(const Words& words, object publishing) {
    if (words.publish_formats.empty() && !words.results_bucket && !words.results_prefix &&
        !words.publish_metadata) {
        return std::nullopt;
    }
    if (!words.publish_formats.empty()) {
        publishing["formats"] =
            words.publish_formats == std::vector<std::string>{""} ? array() : Texts(words.publish_formats);
    }
    if (words.results_bucket) {
        publishing["bucket"] = *words.results_bucket;
        publishing.erase("prefix");  // of the place before
    }
    if (words.results_prefix) {
        publishing["prefix"] = *words.results_prefix;
    }
    if (words.publish_metadata) {
        publishing["metadata"] = *words.publish_metadata;
    }
    return publishing;
}

object BucketChangeBody(const Words& words) {
    object body;
    AddBucketOptions(words, body);
    return body;
}

Result<object> BucketBody(const Words& words) {
    if (words.processors.size() > 1 && !words.config.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "--config is for one processor; add the bucket without it, then each processor with: "
            "notifications-api rules add --bucket NAME --processor NAME --config JSON"
        );
    }
    const bool in_store = !words.source.empty();  // its location is no path of this machine
    const auto folder = std::filesystem::absolute(words.path).lexically_normal();
    if (!in_store && words.name.empty() && folder == folder.root_path()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("{} has no name that the bucket could take; say one with --name", folder.native())
        );
    }
    object body{{"location", in_store ? words.path : folder.string()}};
    if (in_store) {
        body["source"] = words.source;
    }
    if (auto publishing = PublishingBody(words, {{"formats", array()}})) {
        body["publishing"] = *std::move(publishing);
    }
    array rules;
    for (const auto& processor : words.processors) {
        auto rule = RuleBody(words);
        if (!rule) {
            return rule;
        }
        (*rule)["processor"] = processor;
        rules.push_back(*std::move(rule));
    }
    body["rules"] = std::move(rules);
    AddBucketOptions(words, body);
    PutBucketOptions(words.options, {}, body);
    return body;
}

bool IsPhotoName(const std::filesystem::path& path) {
    static constexpr std::array<std::string_view, 7> kEndings{
        ".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff"
    };
    auto ending = path.extension().string();
    std::ranges::transform(ending, ending.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return !path.filename().string().starts_with('.') &&
           std::ranges::find(kEndings, ending) != kEndings.end();
}

namespace {

constexpr std::size_t kMaxPhotos = 64U << 20U;  // of all: more does not pass the control socket as base 64

/// The photos in a folder, by name; the path itself when it is none.
Result<std::vector<std::filesystem::path>> PhotosAt(const std::filesystem::path& path) {
    std::error_code error;
    if (!std::filesystem::is_directory(path, error)) {
        return std::vector{path};
    }
    std::vector<std::filesystem::path> photos;
    for (std::filesystem::directory_iterator each(path, error), end; !error && each != end;
         each.increment(error)) {
        std::error_code ignored;
        if (each->is_regular_file(ignored) && IsPhotoName(each->path())) {
            photos.push_back(each->path());
        }
    }
    if (error) {
        return Unexpected(SystemError(error.value(), fmt::format("look into {}", path.native())));
    }
    if (photos.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("there is no photo (.jpg, .png, .webp, .bmp or .tif) in {}", path.native())
        );
    }
    std::ranges::sort(photos);
    return photos;
}

Result<std::vector<std::filesystem::path>> AllPhotos(const std::vector<std::string>& paths) {
    std::vector<std::filesystem::path> photos;
    for (const auto& path : paths) {
        auto found = PhotosAt(path);
        if (!found) {
            return found;
        }
        std::ranges::move(*found, std::back_inserter(photos));
    }
    return photos;
}

/// {x, y}, or null when --face was not given.
Result<boost::json::value> FaceOf(const std::string& face) {
    if (face.empty()) {
        return boost::json::value(nullptr);
    }
    const auto comma = face.find(',');
    const auto x = Number(std::string_view(face).substr(0, comma));
    const auto y =
        comma == std::string::npos ? std::nullopt : Number(std::string_view(face).substr(comma + 1));
    if (!x || !y) {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("--face '{}' is not X,Y in pixels", face));
    }
    return object{{"x", *x}, {"y", *y}};
}

}  // namespace

Result<object> EnrolmentBody(const Words& words) {
    const auto paths = AllPhotos(words.photos);
    const auto face = FaceOf(words.face);
    if (!paths || !face) {
        return Unexpected(paths ? face.error() : paths.error());
    }
    array photos;
    std::size_t size = 0;
    for (const auto& path : *paths) {
        const auto bytes = ReadFile(path, kMaxPhotoBytes);
        if (!bytes) {
            return Unexpected(bytes.error());
        }
        size += bytes->size();
        if (size > kMaxPhotos) {
            return Fail(
                ErrorCode::kTooLarge,
                fmt::format("the photos are over {} MiB together; enrol fewer at a time", kMaxPhotos >> 20U)
            );
        }
        object photo{{"file_name", path.filename().string()}, {"base64", ToBase64(*bytes)}};
        if (!face->is_null()) {
            photo["face"] = *face;
        }
        photos.push_back(std::move(photo));
    }
    object body{{"name", words.name}, {"photos", std::move(photos)}};
    if (words.again) {
        body["again"] = true;
    }
    return body;
}

}  // namespace notify
