#pragma once

// Requests of the S3 client before they are addressed and signed: for the .cpp files of client.hpp only.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/sigv4.hpp"

namespace notify::s3 {

struct Client::Call {
    std::string method = "GET";
    std::string bucket;
    std::string key;
    std::string_view action;  ///< For sentences: "list", "read", ….
    Query query;
    HttpHeaders headers;
    std::string_view body;                    ///< Outlives the call.
    std::size_t max_body_bytes = 64U << 10U;  ///< Of the answer.
    LeastSpeed least_speed;
    /// Takes the body of an answer 2xx instead of keeping it.
    objects::TakeBody take_body;
    std::uint64_t progress = 0;  ///< Bytes had before this attempt: enough of them make attempts count anew.
};

/// An answer and what it was the answer to.
struct Client::Sent {
    HttpResponse response;
    Credentials credentials;
    Timestamp signed_at;  ///< By the clock of this machine, with the offset known then.
    std::string region;
};

}  // namespace notify::s3
