#pragma once

// What of a bucket its filters let become an item.

#include <cstdint>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket_options.hpp"
#include "sources/source.hpp"

namespace notify {

enum class Passage : std::uint8_t {
    kPasses,
    kLeftOut,
    kNotYet,  ///< Too young; it will pass if it stays as it is.
};

/// By size, age at `now` and media type. The type is the one that the source tells, else what the name says;
/// a name that says nothing passes: then only the bytes tell, and its processes do not run when those are of
/// another type.
[[nodiscard]] Passage Passes(const BucketFilters& filters, const FoundObject& object, Timestamp now);

/// kInvalidArgument with a JSON pointer ("/filters/max_bytes: …") for filters that let nothing pass, and
/// media types that are none: "video/", "video/*", "video/mp4" are good.
[[nodiscard]] Result<void> CheckFilters(const BucketFilters& filters);

}  // namespace notify
