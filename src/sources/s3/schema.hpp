#pragma once

// JSON Schemas of the configurations that sources of S3 stores have.

#include <string_view>

namespace notify::s3 {

/// Of kind "s3": any store that speaks S3.
[[nodiscard]] std::string_view Schema();

}  // namespace notify::s3
