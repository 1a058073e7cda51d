#include "queue/sieve/filters.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket_options.hpp"
#include "domain/rule.hpp"
#include "queue/sieve/name_types.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

bool IsOfWantedType(const std::vector<std::string>& wanted, const FoundObject& object) {
    if (!object.media_type.empty()) {
        return TakesMediaType(wanted, object.media_type);
    }
    const auto types = TypesOfName(object.key);
    return types.empty() || std::ranges::any_of(types, [&](const NameType& type) {
               return TakesMediaType(wanted, type.media_type);
           });
}

/// "video/", "video/*", "video/mp4".
bool IsMediaTypePrefix(std::string_view text) {
    constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789.+-";
    const auto slash = text.find('/');
    if (slash == std::string_view::npos || slash == 0) {
        return false;
    }
    const auto rest = text.substr(slash + 1);
    return text.find_first_not_of(kLetters) == slash &&
           (rest == "*" || rest.find_first_not_of(kLetters) == std::string_view::npos);
}

}  // namespace

Passage Passes(const BucketFilters& filters, const FoundObject& object, Timestamp now) {
    const auto age = now - object.modified_at;
    if ((filters.min_bytes && object.size_bytes < *filters.min_bytes) ||
        (filters.max_bytes && object.size_bytes > *filters.max_bytes) ||
        (filters.max_age && age > *filters.max_age) || !IsOfWantedType(filters.media_types, object)) {
        return Passage::kLeftOut;
    }
    return filters.min_age && age < *filters.min_age ? Passage::kNotYet : Passage::kPasses;
}

Result<void> CheckFilters(const BucketFilters& filters) {
    if (filters.min_bytes && filters.max_bytes && *filters.min_bytes > *filters.max_bytes) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "/filters/max_bytes: {} is less than min_bytes, {}", *filters.max_bytes, *filters.min_bytes
            )
        );
    }
    if (filters.min_age && filters.max_age && *filters.min_age >= *filters.max_age) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "/filters/max_age_seconds: {} is not more than min_age_seconds, {}",
                filters.max_age->count(),
                filters.min_age->count()
            )
        );
    }
    for (std::size_t i = 0; i < filters.media_types.size(); ++i) {
        if (!IsMediaTypePrefix(filters.media_types[i])) {
            return Fail(
                ErrorCode::kInvalidArgument,
                fmt::format(
                    "/filters/media_types/{}: '{}' is no media type like 'video/mp4' or 'video/*'",
                    i,
                    filters.media_types[i]
                )
            );
        }
    }
    return {};
}

}  // namespace notify
