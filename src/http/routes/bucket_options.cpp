#include "http/routes/bucket_options.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>

#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "domain/named.hpp"
#include "http/described.hpp"
#include "http/views_buckets.hpp"

namespace notify {

namespace {

/// The value of a bounded number, or what it is without one.
std::chrono::milliseconds Seconds(const auto& seconds, std::chrono::milliseconds otherwise) {
    return seconds ? std::chrono::milliseconds(static_cast<std::int64_t>(seconds->value * 1000)) : otherwise;
}

std::optional<std::uint64_t> Bytes(const std::optional<std::int64_t>& bytes) {
    return bytes ? std::optional(static_cast<std::uint64_t>(std::max<std::int64_t>(*bytes, 0)))
                 : std::nullopt;
}

std::optional<std::int64_t> ShownBytes(const std::optional<std::uint64_t>& bytes) {
    return bytes ? std::optional(static_cast<std::int64_t>(*bytes)) : std::nullopt;
}

/// At most a thousand years, so that a time can be counted from it.
std::optional<std::chrono::seconds> Age(const std::optional<double>& seconds) {
    constexpr double kMost = 1000.0 * 366 * 86400;
    return seconds ? std::optional(
                         std::chrono::seconds(static_cast<std::int64_t>(std::clamp(*seconds, 0.0, kMost)))
                     )
                   : std::nullopt;
}

std::optional<double> ShownAge(const std::optional<std::chrono::seconds>& age) {
    return age ? std::optional(static_cast<double>(age->count())) : std::nullopt;
}

void TakeOptions(BucketOptions& options, const view::BucketChange& change) {
    if (change.filters) {
        options.filters = {
            .min_bytes = Bytes(change.filters->min_bytes),
            .max_bytes = Bytes(change.filters->max_bytes),
            .min_age = Age(change.filters->min_age_seconds),
            .max_age = Age(change.filters->max_age_seconds),
            .media_types = change.filters->media_types
        };
    }
    if (change.schedule) {
        options.schedule = {
            .cron = change.schedule->cron.value_or(""),
            .windows = change.schedule->windows,
            .time_zone = change.schedule->time_zone.value_or("UTC")
        };
    }
    if (change.backlog) {
        const auto& backlog = *change.backlog;
        options.backlog = {
            .policy =
                Named<BacklogPolicy>(kBacklogWords, backlog.policy.text).value_or(BacklogPolicy::kProcess),
            .items_per_day = backlog.items_per_day ? backlog.items_per_day->value : 0,
            .decode_hours_per_day = backlog.decode_hours_per_day ? backlog.decode_hours_per_day->value : 0
        };
    }
    if (change.dedupe) {
        options.dedupe = Named<Dedupe>(kDedupeWords, change.dedupe->text).value_or(options.dedupe);
    }
    if (change.retention) {
        const auto& unnamed = change.retention->unnamed_days;
        options.retention.unnamed = unnamed ? std::optional(std::chrono::days(unnamed->value)) : std::nullopt;
    }
    options.restore = change.restore.value_or(options.restore);
    options.sequences = change.sequences.value_or(options.sequences);
    options.scan_streams = change.scan_streams ? change.scan_streams->value : options.scan_streams;
    if (change.publishing) {
        options.publishing = {
            .formats = {},
            .bucket = change.publishing->bucket.value_or(""),
            .prefix = change.publishing->prefix.value_or(""),
            .metadata = change.publishing->metadata.value_or(false)
        };
        for (const auto& format : change.publishing->formats) {
            options.publishing.formats.push_back(format.text);
        }
    }
}

/// A place for results is written as buckets' are, and has a part for each bucket unless a prefix is said.
void CompletePublishing(Bucket& bucket, const view::BucketPublishing& wanted) {
    auto& publishing = bucket.options.publishing;
    if (publishing.bucket.empty()) {
        return;
    }
    if (bucket.kind == "local") {
        publishing.bucket = NormalFolder(publishing.bucket);
    }
    if (!wanted.prefix) {
        publishing.prefix = bucket.name + "/";
    }
}

}  // namespace

std::string NormalFolder(const std::string& location) {
    auto normal = std::filesystem::path(location).lexically_normal().string();
    if (normal.size() > 1 && normal.ends_with('/')) {
        normal.pop_back();
    }
    return normal;
}

void TakeChange(Bucket& bucket, const view::BucketChange& change) {
    bucket.name = change.name ? change.name->text : bucket.name;
    bucket.active = change.active.value_or(bucket.active);
    bucket.scan_interval = Seconds(change.scan_interval_seconds, bucket.scan_interval);
    bucket.settle_time = Seconds(change.settle_seconds, bucket.settle_time);
    bucket.include = change.include.value_or(bucket.include);
    bucket.exclude = change.exclude.value_or(bucket.exclude);
    bucket.publish = change.publish.value_or(bucket.publish);
    bucket.weight = change.weight ? change.weight->value : bucket.weight;
    bucket.max_in_flight = change.max_in_flight ? change.max_in_flight->value : bucket.max_in_flight;
    TakeOptions(bucket.options, change);
    if (change.publishing) {
        CompletePublishing(bucket, *change.publishing);
    }
}

void ShowOptions(view::BucketView& shown, const BucketOptions& options) {
    shown.filters = {
        .min_bytes = ShownBytes(options.filters.min_bytes),
        .max_bytes = ShownBytes(options.filters.max_bytes),
        .min_age_seconds = ShownAge(options.filters.min_age),
        .max_age_seconds = ShownAge(options.filters.max_age),
        .media_types = options.filters.media_types
    };
    shown.schedule = {
        .cron = options.schedule.cron,
        .windows = options.schedule.windows,
        .time_zone = options.schedule.time_zone
    };
    shown.backlog = {
        .policy = {std::string(kBacklogWords.at(static_cast<std::size_t>(options.backlog.policy)))},
        .items_per_day = {{options.backlog.items_per_day}},
        .decode_hours_per_day = {{options.backlog.decode_hours_per_day}}
    };
    shown.dedupe = {std::string(kDedupeWords.at(static_cast<std::size_t>(options.dedupe)))};
    shown.restore = options.restore;
    shown.publishing = {
        .formats = {},
        .bucket = options.publishing.bucket,
        .prefix = options.publishing.prefix,
        .metadata = options.publishing.metadata
    };
    if (const auto& unnamed = options.retention.unnamed) {
        shown.retention.unnamed_days = {{static_cast<int>(unnamed->count())}};
    }
    shown.sequences = options.sequences;
    shown.scan_streams = options.scan_streams;
    for (const auto& format : options.publishing.formats) {
        shown.publishing.formats.push_back({format});
    }
}

}  // namespace notify
