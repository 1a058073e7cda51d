#pragma once

// AWS Signature Version 4: the Authorization header and presigned queries, for S3 and for other services.
// Source: docs.aws.amazon.com/AmazonS3/latest/API, "Authenticating Requests (AWS Signature Version 4)", and
// docs.aws.amazon.com/IAM/latest/UserGuide, "Create a signed AWS API request".

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/http_client.hpp"

namespace notify::s3 {

/// An access key with its secret; `session_token` is empty unless the key is a temporary one.
struct Credentials {
    std::string access_key;
    std::string secret_key;
    std::string session_token;

    friend bool operator==(const Credentials&, const Credentials&) = default;
};

/// Names and values as they are meant, not encoded; a sub-resource such as "uploads" has an empty value.
using Query = std::vector<std::pair<std::string, std::string>>;

/// Stands for the digest of a body that is not signed.
inline constexpr std::string_view kUnsignedPayload = "UNSIGNED-PAYLOAD";

/// The SHA-256 of no bytes: the payload of GET, HEAD and DELETE.
inline constexpr std::string_view kEmptyPayload =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// What is signed of a request.
struct SigningRequest {
    std::string method = "GET";
    std::string host;     ///< As the Host header says it: with the port when it is not the scheme's.
    std::string path;     ///< Encoded as it is sent (EncodePath); "/" at least.
    Query query;          ///< Each name and value once encoded and sorted by the signer.
    HttpHeaders headers;  ///< All of them are signed; names in any case. "host" is added.
    std::string payload_hash = std::string(kEmptyPayload);  ///< Lower-case hex, or kUnsignedPayload.
};

/// How a service wants its requests signed.
enum class SigningForm : std::uint8_t {
    kS3,       ///< The path as it is sent; the payload's digest in a header of its own.
    kGeneral,  ///< All others: the sent path encoded once more, and no such header.
};

/// Where and when a signature holds.
struct SigningScope {
    std::string region = "us-east-1";
    std::string service = "s3";
    SigningForm form = SigningForm::kS3;
    Timestamp time;  ///< To the second; a server takes it within 15 minutes of its own clock.
};

/// RFC 3986: all bytes but A-Z a-z 0-9 - . _ ~ become %XX.
[[nodiscard]] std::string EncodeComponent(std::string_view bytes);

/// EncodeComponent of the pieces between slashes; the slashes stay, doubled ones and "." and ".." too.
[[nodiscard]] std::string EncodePath(std::string_view bytes);

/// The query in its canonical form, which is also how it is sent: "a=1&uploads=". Without "?".
[[nodiscard]] std::string CanonicalQuery(const Query& query);

/// The request's own headers, and x-amz-date, x-amz-content-sha256 (for S3), x-amz-security-token (for
/// temporary keys) and authorization. They never contain a checksum header, and the secret not at all.
[[nodiscard]] HttpHeaders SignHeaders(
    const SigningRequest& request, const Credentials& credentials, const SigningScope& scope
);

/// The whole query, without "?", that lets anybody send this request for `lifetime` (1 s to 7 days, cut to
/// that) from `scope.time`. Its payload is not signed. Who has it has access: keep it out of logs.
[[nodiscard]] std::string PresignQuery(
    SigningRequest request,
    const Credentials& credentials,
    const SigningScope& scope,
    std::chrono::seconds lifetime
);

}  // namespace notify::s3
