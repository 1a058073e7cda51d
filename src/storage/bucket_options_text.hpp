#pragma once

// BucketOptions in one column: JSON, of which a member that is missing has its default.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "domain/bucket_options.hpp"

namespace notify {

[[nodiscard]] std::string OptionsToText(const BucketOptions& options);

/// kInternal for what OptionsToText cannot have written.
[[nodiscard]] Result<BucketOptions> OptionsFromText(std::string_view text);

}  // namespace notify
