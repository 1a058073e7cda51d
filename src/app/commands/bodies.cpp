#include "app/commands/bodies.hpp"

#include <cstdio>
#include <filesystem>
#include <utility>

#include <fmt/format.h>

#include "core/base64.hpp"
#include "core/file.hpp"
#include "core/json.hpp"

namespace notify {

using boost::json::array;
using boost::json::object;

array Texts(const std::vector<std::string>& texts) {
    array list;
    for (const auto& text : texts) {
        list.emplace_back(text);
    }
    return list;
}

Result<object> BucketBody(const Words& words) {
    object body{{"location", std::filesystem::absolute(words.path).lexically_normal().string()}};
    array processors;
    for (const auto& processor : words.processors) {
        object chosen{{"processor", processor}};
        if (!words.config.empty()) {
            auto config = ParseJson(words.config);
            if (!config) {
                return Unexpected(config.error().Within("--config"));
            }
            chosen["config"] = std::move(*config);
        }
        processors.push_back(std::move(chosen));
    }
    body["processors"] = std::move(processors);
    if (!words.name.empty()) {
        body["name"] = words.name;
    }
    if (!words.basis.empty()) {
        body["biometric_basis"] = words.basis;
    }
    if (!words.include.empty()) {
        body["include"] = Texts(words.include);
    }
    if (!words.exclude.empty()) {
        body["exclude"] = Texts(words.exclude);
    }
    if (words.settle_seconds >= 0) {
        body["settle_seconds"] = words.settle_seconds;
    }
    if (words.scan_seconds >= 0) {
        body["scan_interval_seconds"] = words.scan_seconds;
    }
    if (words.no_publish) {
        body["publish"] = false;
    }
    return body;
}

Result<object> EnrolmentBody(const Words& words) {
    array photos;
    for (const auto& path : words.photos) {
        const auto bytes = ReadFile(path, 32U << 20U);
        if (!bytes) {
            return Unexpected(bytes.error());
        }
        object photo{
            {"file_name", std::filesystem::path(path).filename().string()}, {"base64", ToBase64(*bytes)}
        };
        if (!words.face.empty()) {
            double x = 0;
            double y = 0;
            if (std::sscanf(words.face.c_str(), "%lf,%lf", &x, &y) != 2) {
                return Fail(
                    ErrorCode::kInvalidArgument, fmt::format("--face '{}' is not X,Y in pixels", words.face)
                );
            }
            photo["face"] = object{{"x", x}, {"y", y}};
        }
        photos.push_back(std::move(photo));
    }
    return object{{"name", words.name}, {"photos", std::move(photos)}};
}

}  // namespace notify
