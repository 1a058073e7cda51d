// Writing objects: in one request, or in parts.

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/s3/call.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/faults.hpp"
#include "sources/s3/xml.hpp"

namespace notify::s3 {

namespace {

constexpr std::uint64_t kMostParts = 10'000;
// the store puts parts together for minutes before it answers
constexpr auto kCompletionTime = std::chrono::minutes(10);
constexpr auto kAbortTime = std::chrono::seconds(5);

HttpHeaders HeadersOf(const WriteRequest& request) {
    HttpHeaders headers{{"content-type", request.content_type}};
    for (const auto& [name, value] : request.metadata) {
        headers.emplace_back("x-amz-meta-" + name, value);
    }
    return headers;
}

}  // namespace

Result<std::string> Client::Write(
    const std::string& bucket,
    const std::string& key,
    std::string bytes,
    const WriteRequest& request,
    const std::stop_token& stop
) {
    const Call call{
        .method = "PUT",
        .bucket = bucket,
        .key = key,
        .action = "write",
        .headers = HeadersOf(request),
        .body = std::move(bytes),
        .least_speed = settings_.least_speed,
    };
    return Do([&] { return call; }, stop).map([](const HttpResponse& response) {
        return BareEtag(response.Header("etag"));
    });
}

Result<void> Client::Remove(const std::string& bucket, const std::string& key, const std::stop_token& stop) {
    const Call call{
        .method = "DELETE",
        .bucket = bucket,
        .key = key,
        .action = "remove",
        .least_speed = settings_.least_speed,
    };
    const auto response = Do([&] { return call; }, stop);
    if (!response && response.error().reason != kNoObject) {
        return Unexpected(response.error());
    }
    return {};
}

Result<std::vector<std::string>> Client::UploadParts(
    const Call& upload, ByteSource& bytes, std::uint64_t part_bytes, const std::stop_token& stop
) {
    std::vector<std::string> etags;
    const auto size = bytes.Size();
    for (std::uint64_t offset = 0; offset < size; offset += part_bytes) {
        auto part = upload;
        part.method = "PUT";
        part.query.emplace_back("partNumber", std::to_string(etags.size() + 1));
        part.body.resize(static_cast<std::size_t>(std::min(part_bytes, size - offset)));
        const auto got = bytes.ReadAt(offset, std::as_writable_bytes(std::span(part.body)));
        if (!got) {
            return Unexpected(got.error());
        }
        if (*got != part.body.size()) {
            return Fail(ErrorCode::kConflict, "what was to be written became shorter meanwhile");
        }
        const auto response = Do([&] { return part; }, stop);
        if (!response) {
            return Unexpected(response.error());
        }
        etags.push_back(BareEtag(response->Header("etag")));
    }
    return etags;
}

Result<std::string> Client::CompleteUpload(
    const Call& upload, const std::vector<std::string>& etags, const std::stop_token& stop
) {
    auto call = upload;
    call.method = "POST";
    call.body = s3::WriteParts(etags);
    call.headers = {{"content-type", "application/xml"}};
    call.least_speed.during = kCompletionTime;
    const auto response = Do([&] { return call; }, stop);
    if (!response) {
        return Unexpected(response.error());
    }
    return ReadCompletedEtag(response->body);
}

Result<std::string> Client::WriteParts(
    const std::string& bucket,
    const std::string& key,
    ByteSource& bytes,
    const WriteRequest& request,
    std::uint64_t part_bytes,
    const std::stop_token& stop
) {
    Call call{
        .method = "POST",
        .bucket = bucket,
        .key = key,
        .action = "write",
        .query = {{"uploads", ""}},
        .headers = HeadersOf(request),
        .least_speed = settings_.least_speed,
    };
    const auto begun = Do([&] { return call; }, stop).and_then([](const HttpResponse& response) {
        return ReadUploadId(response.body);
    });
    if (!begun) {
        return Unexpected(begun.error());
    }
    call.query = {{"uploadId", *begun}};
    call.headers.clear();
    const auto least = (bytes.Size() + kMostParts - 1) / kMostParts;
    const auto etags = UploadParts(call, bytes, std::max({part_bytes, least, std::uint64_t{1}}), stop);
    auto written =
        etags ? CompleteUpload(call, *etags, stop) : Result<std::string>(Unexpected(etags.error()));
    if (!written) {
        call.method = "DELETE";  // even when stopped: parts that nobody puts together cost money
        call.least_speed.during = kAbortTime;
        static_cast<void>(SendOnce(call, {}));
    }
    return written;
}

}  // namespace notify::s3
