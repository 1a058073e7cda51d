#pragma once

// The configuration of a source that speaks S3.

#include <string_view>

#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/objects/allowance.hpp"
#include "sources/s3/endpoint.hpp"

namespace notify::s3 {

struct Config {
    Endpoint endpoint;
    HttpClientSettings network;
    objects::Limits limits;
};

/// Reads the canonical JSON of a source (its kind's schema was checked). kInvalidArgument with a JSON
/// pointer: no URL, a name or password in one, files that cannot be read.
[[nodiscard]] Result<Config> ReadConfig(std::string_view json);

}  // namespace notify::s3
