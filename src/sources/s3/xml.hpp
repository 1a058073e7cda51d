#pragma once

// What S3 answers in XML: pages of listings, errors, and the two answers of a multipart upload. Bounded: 8
// MiB, 16 levels, 200,000 elements, no document types. Source: docs.aws.amazon.com/AmazonS3/latest/API.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"

namespace notify::s3 {

/// The most bytes of an answer in XML that are read.
inline constexpr std::size_t kMaxXmlBytes = 8U << 20U;

/// An object as a listing names it.
struct ListedObject {
    std::string key;   ///< Bytes, decoded.
    std::string etag;  ///< Opaque, without its quotation marks; empty when the store tells none.
    std::uint64_t size_bytes = 0;
    Timestamp modified_at;
    std::string storage_class;  ///< "" when the store tells none.
    bool archived = false;      ///< GLACIER or DEEP_ARCHIVE, and not restored.
};

struct ListPage {
    std::vector<ListedObject> objects;
    std::vector<std::string> prefixes;  ///< Common prefixes; only when a delimiter was asked for.
    bool truncated = false;             ///< There is more behind it.
    std::string next_token;   ///< Continuation token of ListObjectsV2, never decoded; empty: go on by key.
    std::string next_marker;  ///< NextMarker of the first form, decoded.
    bool first_form = false;  ///< It is an answer of ListObjects, not of ListObjectsV2.
};

/// An error document. Empty fields were not in it.
struct ErrorBody {
    std::string code;  ///< "NoSuchKey", …
    std::string message;
    std::string region;    ///< Of the bucket, when the request went to another one.
    std::string endpoint;  ///< Host, with PermanentRedirect and TemporaryRedirect.
};

/// Reads an answer of ListObjectsV2 or ListObjects. Keys, prefixes and markers are decoded by form rules if
/// the answer says <EncodingType>url</EncodingType>, and only then: some stores ignore the request for it.
/// kUnavailable (reason "not_a_store") when it is no such answer: a web page, JSON, cut XML. kTooLarge over a
/// limit.
[[nodiscard]] Result<ListPage> ReadListPage(std::string_view xml);

/// Reads an error document; one without a code when it is none.
[[nodiscard]] ErrorBody ReadErrorBody(std::string_view xml);

/// The UploadId of InitiateMultipartUploadResult; errors as ReadListPage.
[[nodiscard]] Result<std::string> ReadUploadId(std::string_view xml);

/// The ETag of CompleteMultipartUploadResult; errors as ReadListPage. An <Error>, which stores send with
/// status 200, is kUnavailable with reason "error_in_answer" and its code in the message.
[[nodiscard]] Result<std::string> ReadCompletedEtag(std::string_view xml);

/// The body of CompleteMultipartUpload for parts 1, 2, … with these ETags.
[[nodiscard]] std::string WriteParts(const std::vector<std::string>& etags);

/// "a+b%20c" → "a b c"; a "%" that no two digits follow stays.
[[nodiscard]] std::string DecodeForm(std::string_view text);

}  // namespace notify::s3
