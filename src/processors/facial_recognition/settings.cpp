#include "processors/facial_recognition/settings.hpp"

#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

struct Range {
    double least;
    double most;
};

/// Sets `value` from the member, if it is there.
template <class Number>
Result<void> ReadNumber(
    const boost::json::object& config, std::string_view name, Range range, Number& value
) {
    const auto* member = config.if_contains(name);
    if (member == nullptr) {
        return {};
    }
    boost::system::error_code failed;
    const auto number = member->to_number<double>(failed);
    const bool within = number >= range.least && number <= range.most;  // false for no number
    if (failed || !within) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("/{}: not a number from {} to {}", name, range.least, range.most)
        );
    }
    value = static_cast<Number>(number);
    return {};
}

}  // namespace

Result<FaceSettings> ReadFaceSettings(const boost::json::object& config) {
    FaceSettings settings;
    if (const auto* thumbnails = config.if_contains("thumbnails")) {
        if (!thumbnails->is_bool()) {
            return Fail(ErrorCode::kInvalidArgument, "/thumbnails: not true or false");
        }
        settings.thumbnails = thumbnails->get_bool();
    }
    return ReadNumber(config, "fps", {.least = 0.2, .most = 30}, settings.fps)
        .and_then([&] {
            return ReadNumber(config, "long_side", {.least = 320, .most = 1920}, settings.long_side);
        })
        .and_then([&] {
            return ReadNumber(config, "min_face_px", {.least = 12, .most = 500}, settings.min_face_px);
        })
        .and_then([&] {
            return ReadNumber(
                config, "detection_threshold", {.least = 0.3, .most = 0.95}, settings.detection_threshold
            );
        })
        .and_then([&] { return ReadNumber(config, "shots", {.least = 1, .most = 8}, settings.shots); })
        .and_then([&] {
            return ReadNumber(
                config, "least_visible_s", {.least = 0, .most = 3600}, settings.least_visible_s
            );
        })
        .and_then([&] {
            return ReadNumber(
                config, "least_visible_share", {.least = 0, .most = 1}, settings.least_visible_share
            );
        })
        .map([&] { return settings; });
}

}  // namespace notify
