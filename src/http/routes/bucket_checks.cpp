#include "http/routes/bucket_checks.hpp"

#include <algorithm>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <fmt/core.h>

#include "core/error.hpp"
#include "core/glob.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "http/names.hpp"
#include "http/routes/publishing_checks.hpp"
#include "queue/calendar/calendar.hpp"
#include "queue/sieve/filters.hpp"
#include "sources/registry.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

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
    if (auto checked =
            CheckGlobs("/include", bucket.include)
                .and_then([&] { return CheckGlobs("/exclude", bucket.exclude); })
                .and_then([&] { return CheckFilters(bucket.options.filters); })
                .and_then([&] { return ParseCalendar(bucket.options.schedule).map([](const Calendar&) {}); });
        !checked) {
        return checked;
    }
    if (auto checked = CheckPublishing(bucket); !checked) {
        return checked;
    }
    return IsName(bucket.name) ? Result<void>{}
                               : Fail(ErrorCode::kInvalidArgument, fmt::format("/name: {}", kNameRule));
}

Result<void> CheckStreams(const SourceRegistry& sources, const Bucket& bucket) {
    if (bucket.options.scan_streams == 1) {
        return {};
    }
    return sources.Find(bucket.kind).and_then([&](const SourceConnection* source) {
        return source->ListsFolders()
                   ? Result<void>{}
                   : Fail(
                         ErrorCode::kInvalidArgument,
                         fmt::format(
                             "/scan_streams: a {} bucket is listed as a whole, by one stream", bucket.kind
                         )
                     );
    });
}

namespace {

/// The same bucket of a store with prefixes of which one holds the other: "media" and "media/in".
bool Overlap(const Bucket& one, const Bucket& other) {
    const auto in_store_bucket = [](const Bucket& of) {
        return std::string_view(of.location).substr(0, of.location.find('/'));
    };
    const auto prefix = [&](const Bucket& of) {
        const auto rest = std::string_view(of.location).substr(in_store_bucket(of).size());
        return rest.substr(std::min<std::size_t>(rest.size(), 1));
    };
    return one.source_id == other.source_id && in_store_bucket(one) == in_store_bucket(other) &&
           (prefix(one).starts_with(prefix(other)) || prefix(other).starts_with(prefix(one)));
}

Result<void> CheckApartInStore(const Bucket& bucket, const std::vector<Bucket>& others) {
    const auto other =
        std::ranges::find_if(others, [&](const Bucket& there) { return Overlap(bucket, there); });
    return other == others.end()
               ? Result<void>{}
               : Fail(
                     ErrorCode::kConflict,
                     fmt::format(
                         "{} and bucket '{}' ({}) overlap: an object in both would be two items",
                         bucket.location,
                         other->name,
                         other->location
                     )
                 );
}

}  // namespace

Result<void> CheckApart(const Bucket& bucket, const std::vector<Bucket>& others) {
    if (bucket.kind != "local") {
        return CheckApartInStore(bucket, others);
    }
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
