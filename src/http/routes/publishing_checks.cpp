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
#include "domain/publication.hpp"
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
    const bool wants_files = !formats.empty() || !publishing.bucket.empty() || publishing.metadata;
    if (HoldsAssets(bucket) && wants_files) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/publishing: an asset of Iconik gets names on its timeline and a status; formats, another "
            "bucket "
            "and user metadata are for files"
        );
    }
    if (bucket.kind == "local" && publishing.metadata) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "/publishing/metadata: files of a folder carry none; object stores do"
        );
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

namespace {

/// True when keys of results may be the same there: "" and "in/" both give "in/x" of other keys.
bool Meet(std::string_view prefix, std::string_view other) {
    return prefix.starts_with(other) || other.starts_with(prefix);
}

bool AreInOneStore(const Bucket& one, const Bucket& other) {
    return one.kind == other.kind && (one.kind == "local" || one.source_id == other.source_id);
}

/// True when the bucket writes without a prefix into the place that the other has its media, and results, in.
bool WritesInto(const Bucket& bucket, const Bucket& other) {
    const auto& publishing = bucket.options.publishing;
    const auto place = std::string_view(other.location);
    return !publishing.bucket.empty() && publishing.prefix.empty() &&
           publishing.bucket == (other.kind == "local" ? place : place.substr(0, place.find('/')));
}

}  // namespace

Result<void> CheckResultsApart(const Bucket& bucket, const std::vector<Bucket>& others) {
    const auto& mine = bucket.options.publishing;
    for (const auto& other : others) {
        if (other.id == bucket.id || !AreInOneStore(bucket, other)) {
            continue;
        }
        const auto& theirs = other.options.publishing;
        const bool same_place =
            !mine.bucket.empty() && mine.bucket == theirs.bucket && Meet(mine.prefix, theirs.prefix);
        if (same_place || WritesInto(bucket, other) || WritesInto(other, bucket)) {
            return Fail(
                ErrorCode::kConflict,
                fmt::format(
                    "/publishing/prefix: results of this bucket and of bucket '{}' could meet under one key "
                    "in {}; "
                    "give them prefixes of which none begins the other",
                    other.name,
                    mine.bucket.empty() ? theirs.bucket : mine.bucket
                )
            );
        }
    }
    return {};
}

}  // namespace notify
