#include "app/commands/bucket_options.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/bodies.hpp"
#include "app/commands/quantities.hpp"
#include "core/result.hpp"
#include "domain/bucket_options.hpp"

namespace notify {

using boost::json::array;
using boost::json::object;

namespace {

using Texts = std::vector<std::string>;

/// A list that was given; [''] empties it.
array ListOf(const Texts& texts) {
    return texts == Texts{""} ? array() : array(texts.begin(), texts.end());
}

/// What is there of the member, without what it has not.
object Known(const object& there, std::string_view member) {
    object known;
    if (const auto* const found = there.if_contains(member); found != nullptr && found->is_object()) {
        for (const auto& [name, value] : found->get_object()) {
            if (!value.is_null()) {
                known[name] = value;
            }
        }
    }
    return known;
}

/// A bound that was given; '' takes it away. It was checked when it was read.
void PutBound(
    object& filters,
    std::string_view name,
    const std::optional<std::string>& given,
    Result<std::int64_t> (*parse)(std::string_view)
) {
    if (!given) {
        return;
    }
    const auto bound = parse(*given);
    filters.erase(name);
    if (bound) {
        filters[name] = *bound;
    }
}

constexpr int kMostDays = 36500;

/// A whole number; nothing for any other text.
std::optional<int> DaysIn(std::string_view text) {
    int days = 0;
    const auto [end, fault] = std::from_chars(text.data(), text.data() + text.size(), days);
    const bool whole = fault == std::errc() && end == text.data() + text.size();
    return whole && days >= 0 && days <= kMostDays ? std::optional(days) : std::nullopt;
}

/// For CLI11: "" when it is good, else why not.
std::string IsDaysOrNone(const std::string& text) {
    return text.empty() || DaysIn(text) ? std::string()
                                        : fmt::format("'{}' is no number of days, 0 to {}", text, kMostDays);
}

bool ChangesFilters(const OptionWords& words) {
    return words.min_bytes || words.max_bytes || words.min_age || words.max_age || !words.media_types.empty();
}

bool ChangesSchedule(const OptionWords& words) {
    return words.cron || words.time_zone || !words.windows.empty();
}

}  // namespace

void AddBucketOptions(CLI::App& command, OptionWords& words) {
    command.add_option(
        "--cron", words.cron, "When to scan: five fields of cron, or @daily; '' for every interval"
    );
    command.add_option(
        "--window",
        words.windows,
        "When a scan may begin: 'Mon-Fri 20:00-06:00', 'Sat,Sun'; may be repeated, '' for always"
    );
    command.add_option("--time-zone", words.time_zone, "Whose clocks those two mean, as Europe/Zurich (UTC)");
    command
        .add_option(
            "--min-bytes", words.min_bytes, "Leave smaller objects out: 1500, 10MB, 2GiB; '' takes it away"
        )
        ->check(IsBytes);
    command.add_option("--max-bytes", words.max_bytes, "Leave larger objects out")->check(IsBytes);
    command.add_option("--min-age", words.min_age, "Let younger objects wait: 30s, 2h, 7d")->check(IsAge);
    command.add_option("--max-age", words.max_age, "Leave older objects out")->check(IsAge);
    command.add_option(
        "--media-type",
        words.media_types,
        "Only objects of this type, by their names, then by content: 'video/*'; may be repeated"
    );
    command.add_flag_function(
        "--sequences,!--no-sequences",
        [&words](std::int64_t wanted) { words.sequences = wanted > 0; },
        "Make one item of 100 and more numbered frames, and of a camera's card (it is so at first), or do not"
    );
    command
        .add_option(
            "--dedupe",
            words.dedupe,
            "When the digest is taken by which results of the same bytes are used again: before (at first), "
            "after, off"
        )
        ->check(CLI::IsMember(std::vector<std::string>(kDedupeWords.begin(), kDedupeWords.end())));
    command
        .add_option(
            "--scan-streams",
            words.scan_streams,
            "How many listings at a time read a bucket of s3 or object_matrix, each a part of its keys (1)"
        )
        ->check(CLI::Range(1, kMostScanStreams));
    command
        .add_option(
            "--unnamed-days",
            words.unnamed_days,
            "Erase what faces look like that nobody has named after so many days, 0 for never; '' for as the "
            "setting RETENTION_UNNAMED_DAYS says (it is so at first)"
        )
        ->check(IsDaysOrNone);
}

bool ChangesAPart(const OptionWords& words) {
    return ChangesFilters(words) || ChangesSchedule(words);
}

void PutBucketOptions(const OptionWords& words, const object& there, object& body) {
    if (ChangesFilters(words)) {
        auto filters = Known(there, "filters");
        PutBound(filters, "min_bytes", words.min_bytes, &ParseBytes);
        PutBound(filters, "max_bytes", words.max_bytes, &ParseBytes);
        PutBound(filters, "min_age_seconds", words.min_age, &ParseAge);
        PutBound(filters, "max_age_seconds", words.max_age, &ParseAge);
        if (!words.media_types.empty()) {
            filters["media_types"] = ListOf(words.media_types);
        }
        body["filters"] = std::move(filters);
    }
    if (ChangesSchedule(words)) {
        auto schedule = Known(there, "schedule");
        if (words.cron) {
            schedule["cron"] = *words.cron;
        }
        if (words.time_zone) {
            schedule["time_zone"] = *words.time_zone;
        }
        if (!words.windows.empty()) {
            schedule["windows"] = ListOf(words.windows);
        }
        body["schedule"] = std::move(schedule);
    }
    if (words.sequences) {
        body["sequences"] = *words.sequences;
    }
    if (words.dedupe) {
        body["dedupe"] = *words.dedupe;
    }
    if (words.scan_streams) {
        body["scan_streams"] = *words.scan_streams;
    }
    if (words.unnamed_days) {
        object retention;
        if (const auto days = DaysIn(*words.unnamed_days)) {
            retention["unnamed_days"] = *days;
        }
        body["retention"] = std::move(retention);
    }
}

}  // namespace notify
