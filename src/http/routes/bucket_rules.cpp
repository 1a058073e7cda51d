#include "http/routes/bucket_rules.hpp"

#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "http/views.hpp"
#include "processors/kind.hpp"
#include "sources/local/glob.hpp"

namespace notify {

namespace {

/// The error with `place` before its own pointer: "/fps: too low" in "/config" is "/config/fps: too low".
Error At(const std::string& place, Error error) {
    error.message = place + (error.message.starts_with('/') ? "" : ": ") + error.message;
    return error;
}

}  // namespace

Result<std::vector<Assignment>> Assignments(
    const std::vector<view::AssignmentView>& wanted, const Bucket& bucket
) {
    std::vector<Assignment> assignments;
    for (std::size_t i = 0; i < wanted.size(); ++i) {
        const auto place = fmt::format("/processors/{}", i);
        const auto kind = FindProcessorKind(wanted[i].processor);
        if (!kind || (*kind)->internal) {
            return kind ? Fail(
                              ErrorCode::kInvalidArgument,
                              fmt::format("{}/processor: {} is the service's own", place, wanted[i].processor)
                          )
                        : Unexpected(kind.error().Within(place + "/processor"));
        }
        if ((*kind)->biometric && bucket.biometric_basis.empty()) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "{}: {} recognises people; say in biometric_basis why that is allowed in this bucket",
                    place,
                    (*kind)->name
                )
            );
        }
        const auto& config = wanted[i].config;
        auto normal = NormaliseConfig(**kind, config && !config->is_null() ? ToJsonText(*config) : "");
        if (!normal) {
            return Unexpected(At(place + "/config", normal.error()));
        }
        auto digest = Sha256Hex(*normal);
        assignments.push_back(
            {std::string((*kind)->name),
             std::move(*normal),
             std::move(digest),
             wanted[i].priority.value_or(0)}
        );
    }
    return assignments;
}

namespace {

Result<void> CheckGlobs(std::string_view place, const std::vector<std::string>& globs) {
    for (std::size_t i = 0; i < globs.size(); ++i) {
        if (auto checked = CheckGlob(globs[i]); !checked) {
            return Unexpected(checked.error().Within(fmt::format("{}/{}", place, i)));
        }
    }
    return {};
}

}  // namespace

Result<void> CheckSettings(const Bucket& bucket) {
    if (auto checked = CheckGlobs("/include", bucket.include).and_then([&] {
            return CheckGlobs("/exclude", bucket.exclude);
        });
        !checked) {
        return checked;
    }
    const auto refuse = [](std::string_view what) {
        return Fail(ErrorCode::kInvalidArgument, std::string(what));
    };
    if (bucket.name.empty() || bucket.name.size() > 100) {
        return refuse("/name: must have 1 to 100 characters");
    }
    if (bucket.scan_interval < std::chrono::seconds(1) || bucket.scan_interval > std::chrono::hours(24 * 7)) {
        return refuse("/scan_interval_seconds: must be from 1 to 604800");
    }
    if (bucket.settle_time < std::chrono::seconds(0) || bucket.settle_time > std::chrono::hours(24)) {
        return refuse("/settle_seconds: must be from 0 to 86400");
    }
    return bucket.weight < 1 || bucket.weight > 1000 ? refuse("/weight: must be from 1 to 1000")
                                                     : Result<void>{};
}

}  // namespace notify
