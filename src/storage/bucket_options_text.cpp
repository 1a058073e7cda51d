#include "storage/bucket_options_text.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/bucket_options.hpp"
#include "domain/named.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;

array Texts(const std::vector<std::string>& texts) {
    array all(texts.begin(), texts.end());
    return all;
}

template <class T>
void Put(object& into, std::string_view name, const std::optional<T>& number) {
    if (number) {
        into[name] = *number;
    }
}

void Put(object& into, std::string_view name, const std::optional<std::chrono::seconds>& duration) {
    if (duration) {
        into[name] = duration->count();
    }
}

object FiltersToJson(const BucketFilters& filters) {
    object json;
    Put(json, "min_bytes", filters.min_bytes);
    Put(json, "max_bytes", filters.max_bytes);
    Put(json, "min_age", filters.min_age);
    Put(json, "max_age", filters.max_age);
    json["media_types"] = Texts(filters.media_types);
    return json;
}

object RetentionToJson(const BucketRetention& retention) {
    object json;
    if (retention.unnamed) {
        json["unnamed_days"] = retention.unnamed->count();
    }
    return json;
}

/// Reads members that may be missing; throws what Boost.JSON throws for a wrong type.
class Members {
public:
    explicit Members(const object& json) : json_(json) {}

    template <class T>
    void Read(std::string_view name, T& into) const {
        if (const auto* found = json_.if_contains(name)) {
            into = boost::json::value_to<T>(*found);
        }
    }

    void Read(std::string_view name, std::optional<std::uint64_t>& into) const {
        if (const auto* found = json_.if_contains(name)) {
            into = found->to_number<std::uint64_t>();
        }
    }

    void Read(std::string_view name, std::optional<std::chrono::seconds>& into) const {
        if (const auto* found = json_.if_contains(name)) {
            into = std::chrono::seconds(found->to_number<std::int64_t>());
        }
    }

    void Read(std::string_view name, std::optional<std::chrono::days>& into) const {
        if (const auto* found = json_.if_contains(name)) {
            into = std::chrono::days(found->to_number<int>());
        }
    }

    template <class Enum, std::size_t Count>
    void Read(std::string_view name, const std::array<std::string_view, Count>& words, Enum& into) const {
        if (const auto* found = json_.if_contains(name)) {
            into = Named<Enum>(words, found->as_string()).value_or(into);
        }
    }

    [[nodiscard]] Members In(std::string_view name) const {
        static const object none;
        const auto* found = json_.if_contains(name);
        return Members(found != nullptr ? found->as_object() : none);
    }

private:
    const object& json_;
};

BucketOptions FromJson(const object& json) {
    BucketOptions options;
    const Members members(json);
    const auto filters = members.In("filters");
    filters.Read("min_bytes", options.filters.min_bytes);
    filters.Read("max_bytes", options.filters.max_bytes);
    filters.Read("min_age", options.filters.min_age);
    filters.Read("max_age", options.filters.max_age);
    filters.Read("media_types", options.filters.media_types);
    const auto schedule = members.In("schedule");
    schedule.Read("cron", options.schedule.cron);
    schedule.Read("windows", options.schedule.windows);
    schedule.Read("time_zone", options.schedule.time_zone);
    const auto backlog = members.In("backlog");
    backlog.Read("policy", kBacklogWords, options.backlog.policy);
    backlog.Read("items_per_day", options.backlog.items_per_day);
    backlog.Read("decode_hours_per_day", options.backlog.decode_hours_per_day);
    members.Read("dedupe", kDedupeWords, options.dedupe);
    const auto publishing = members.In("publishing");
    publishing.Read("formats", options.publishing.formats);
    publishing.Read("bucket", options.publishing.bucket);
    publishing.Read("prefix", options.publishing.prefix);
    publishing.Read("metadata", options.publishing.metadata);
    members.In("retention").Read("unnamed_days", options.retention.unnamed);
    members.Read("sequences", options.sequences);
    members.Read("restore", options.restore);
    members.Read("scan_streams", options.scan_streams);
    return options;
}

}  // namespace

std::string OptionsToText(const BucketOptions& options) {
    return ToJsonText(
        object{
            {"filters", FiltersToJson(options.filters)},
            {"schedule",
             {{"cron", options.schedule.cron},
              {"windows", Texts(options.schedule.windows)},
              {"time_zone", options.schedule.time_zone}}},
            {"backlog",
             {{"policy", kBacklogWords.at(static_cast<std::size_t>(options.backlog.policy))},
              {"items_per_day", options.backlog.items_per_day},
              {"decode_hours_per_day", options.backlog.decode_hours_per_day}}},
            {"dedupe", kDedupeWords.at(static_cast<std::size_t>(options.dedupe))},
            {"publishing",
             {{"formats", Texts(options.publishing.formats)},
              {"bucket", options.publishing.bucket},
              {"prefix", options.publishing.prefix},
              {"metadata", options.publishing.metadata}}},
            {"retention", RetentionToJson(options.retention)},
            {"sequences", options.sequences},
            {"restore", options.restore},
            {"scan_streams", options.scan_streams}
        }
    );
}

Result<BucketOptions> OptionsFromText(std::string_view text) {
    const auto json = ParseJson(text);
    if (!json || !json->is_object()) {
        return Fail(ErrorCode::kInternal, "the options of a bucket are no JSON object");
    }
    try {
        return FromJson(json->get_object());
    } catch (const std::exception&) {
        return Fail(ErrorCode::kInternal, "the options of a bucket are of a wrong type");
    }
}

}  // namespace notify
