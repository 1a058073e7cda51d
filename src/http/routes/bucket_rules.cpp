#include "http/routes/bucket_rules.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "http/names.hpp"
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

bool IsBlank(std::string_view text) {
    return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

/// A bucket that recognises people says why it may.
Result<void> CheckBasis(const Bucket& bucket) {
    for (const auto& assignment : bucket.assignments) {
        const auto kind = FindProcessorKind(assignment.processor);
        if (kind && (*kind)->biometric && IsBlank(bucket.biometric_basis)) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "/biometric_basis: {} recognises people; say why that is allowed in this bucket",
                    assignment.processor
                )
            );
        }
    }
    return {};
}

/// True when `inner` is `outer` or lies in it. Absolute paths without links.
bool Holds(const std::filesystem::path& outer, const std::filesystem::path& inner) {
    return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

/// The folder behind links; as it is given when it cannot be looked at.
std::filesystem::path RealPath(const std::string& location) {
    std::error_code error;
    const auto real = std::filesystem::canonical(location, error);
    return error ? std::filesystem::path(location) : real;
}

}  // namespace

Result<std::vector<Assignment>> Assignments(const std::vector<view::AssignmentView>& wanted) {
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
        const auto& config = wanted[i].config;
        auto normal = NormaliseConfig(**kind, config && !config->is_null() ? ToJsonText(*config) : "");
        if (!normal) {
            return Unexpected(At(place + "/config", normal.error()));
        }
        auto digest = Sha256Hex(*normal);
        assignments.push_back(
            {.processor = std::string((*kind)->name),
             .config = std::move(*normal),
             .config_hash = std::move(digest),
             .priority = wanted[i].priority.value_or(0)}
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
    return IsName(bucket.name) ? CheckBasis(bucket)
                               : Fail(ErrorCode::kInvalidArgument, fmt::format("/name: {}", kNameRule));
}

Result<void> CheckApart(const Bucket& bucket, const std::vector<Bucket>& others) {
    const auto folder = RealPath(bucket.location);
    for (const auto& other : others) {
        const auto there = RealPath(other.location);
        if (bucket.kind == "local" && other.kind == "local" &&
            (Holds(there, folder) || Holds(folder, there))) {
            return Fail(
                ErrorCode::kConflict,
                fmt::format(
                    "{} and the folder of bucket '{}' ({}) overlap: a file in both would be two items",
                    bucket.location,
                    other.name,
                    other.location
                )
            );
        }
    }
    return {};
}

}  // namespace notify
