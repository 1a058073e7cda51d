#include "http/routes/publishing_checks.hpp"

#include <algorithm>
#include <cstddef>
#include <stop_token>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "sources/registry.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

constexpr std::size_t kLongestPrefix = 256;  // leaves room for keys

/// True when the text has a component that a folder could not have as a name.
bool LeavesItsFolder(std::string_view prefix) {
    const auto path =
        fmt::format("/{}/", prefix.ends_with('/') ? prefix.substr(0, prefix.size() - 1) : prefix);
    return path.find("//") != std::string_view::npos || path.find("/../") != std::string_view::npos ||
           path.find("/./") != std::string_view::npos;
}

Result<void> CheckPrefix(const Bucket& bucket) {
    const auto& publishing = bucket.options.publishing;
    const std::string_view prefix = publishing.prefix;
    if (publishing.bucket.empty() && !prefix.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/publishing/prefix: is of a place for results; say that in /publishing/bucket too"
        );
    }
    if (prefix.size() > kLongestPrefix || prefix.find('\0') != std::string_view::npos) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("/publishing/prefix: must have at most {} bytes, none of them 0", kLongestPrefix)
        );
    }
    return bucket.kind == "local" && !prefix.empty() && LeavesItsFolder(prefix)
               ? Fail(
                     ErrorCode::kInvalidArgument,
                     "/publishing/prefix: is no path inside the folder for results"
                 )
               : Result<void>{};
}

}  // namespace

Result<void> CheckPublishing(const Bucket& bucket) {
    const auto& publishing = bucket.options.publishing;
    const auto& formats = publishing.formats;
    for (auto at = formats.begin(); at != formats.end(); ++at) {
        if (std::find(formats.begin(), at, *at) != at) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format("/publishing/formats/{}: {} is there twice", at - formats.begin(), *at)
            );
        }
    }
    if (bucket.kind != "local" && publishing.bucket.find('/') != std::string_view::npos) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/publishing/bucket: is the name of a bucket of the same store; a path in it is "
            "/publishing/prefix"
        );
    }
    return CheckPrefix(bucket);
}

Result<void> CheckResultsPlace(
    const SourceRegistry& sources, const Bucket& bucket, const std::stop_token& stop
) {
    if (bucket.options.publishing.bucket.empty() || (bucket.kind != "local" && !bucket.active)) {
        return {};
    }
    return sources.Find(bucket.kind)
        .and_then([&](SourceConnection* source) {
            auto place = bucket;
            place.location = bucket.options.publishing.bucket;
            return source->CheckBucket(place, stop);
        })
        .map_error([](const Error& error) {
            auto refused = error.Within("/publishing/bucket");
            refused.code = ErrorCode::kInvalidArgument;  // not the caller's credentials: the store's
            return refused;
        });
}

Result<void> CheckResultsApart(const Bucket& bucket, const std::vector<Bucket>& others) {
    const auto& mine = bucket.options.publishing;
    if (mine.bucket.empty()) {
        return {};
    }
    for (const auto& other : others) {
        const auto& theirs = other.options.publishing;
        const bool one_store =
            bucket.kind == other.kind && (bucket.kind == "local" || bucket.source_id == other.source_id);
        if (other.id != bucket.id && one_store && mine.bucket == theirs.bucket &&
            mine.prefix == theirs.prefix) {
            return Fail(
                ErrorCode::kConflict,
                fmt::format(
                    "/publishing/prefix: results of bucket '{}' go to '{}' in {} too, where equal keys would "
                    "meet",
                    other.name,
                    mine.prefix,
                    mine.bucket
                )
            );
        }
    }
    return {};
}

}  // namespace notify
