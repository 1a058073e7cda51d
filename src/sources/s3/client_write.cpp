// Writing objects: in one request, or in parts.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/objects/answers.hpp"
#include "sources/objects/faults.hpp"
#include "sources/s3/call.hpp"
#include "sources/s3/client.hpp"
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

Result<void> Fill(ByteSource& bytes, std::uint64_t offset, std::string& buffer) {
    const auto got = bytes.ReadAt(offset, std::as_writable_bytes(std::span(buffer)));
    if (!got) {
        return Unexpected(got.error());
    }
    return *got == buffer.size()
               ? Result<void>()
               : Fail(ErrorCode::kConflict, "what was to be written became shorter meanwhile");
}

}  // namespace

Result<std::string> Client::Write(
    const std::string& bucket,
    const std::string& key,
    std::string_view bytes,
    const WriteRequest& request,
    const std::stop_token& stop
) {
    Call call{
        .method = "PUT",
        .bucket = bucket,
        .key = key,
        .action = "write",
        .headers = HeadersOf(request),
        .body = bytes,
        .least_speed = settings_.least_speed,
    };
    return Do([&] { return call; }, stop).map([](const HttpResponse& response) {
        return objects::BareEtag(response.Header("etag"));
    });
}

Result<void> Client::Remove(const std::string& bucket, const std::string& key, const std::stop_token& stop) {
    Call call{
        .method = "DELETE",
        .bucket = bucket,
        .key = key,
        .action = "remove",
        .least_speed = settings_.least_speed,
    };
    const auto response = Do([&] { return call; }, stop);
    if (!response && response.error().reason != objects::kNoObject) {
        return Unexpected(response.error());
    }
    return {};
}

Result<void> Client::Restore(
    const std::string& bucket,
    const std::string& key,
    const RestoreRequest& request,
    const std::stop_token& stop
) {
    const auto days = request.days > 0 ? fmt::format("<Days>{}</Days>", request.days) : std::string();
    const auto body = fmt::format(
        "<RestoreRequest>{}<GlacierJobParameters><Tier>{}</Tier></GlacierJobParameters></RestoreRequest>",
        days,
        request.tier
    );
    Call call{
        .method = "POST",
        .bucket = bucket,
        .key = key,
        .action = "restore",
        .query = {{"restore", ""}},
        .headers = {{"content-type", "application/xml"}},
        .body = body,
        .least_speed = settings_.least_speed,
    };
    const auto response = Do([&] { return call; }, stop);
    if (!response && response.error().reason != objects::kRestoring) {
        return Unexpected(response.error());
    }
    return {};
}

Result<std::vector<std::string>> Client::UploadParts(
    const Call& upload, ByteSource& bytes, std::uint64_t part_bytes, const std::stop_token& stop
) {
    std::vector<std::string> etags;
    const auto size = bytes.Size();
    std::string buffer;
    for (std::uint64_t offset = 0; offset < size; offset += part_bytes) {
        auto part = upload;
        part.method = "PUT";
        part.query.emplace_back("partNumber", std::to_string(etags.size() + 1));
        buffer.resize(std::min(part_bytes, size - offset));
        if (auto filled = Fill(bytes, offset, buffer); !filled) {
            return Unexpected(filled.error());
        }
        part.body = buffer;
        const auto response = Do([&] { return part; }, stop);
        if (!response) {
            return Unexpected(response.error());
        }
        etags.push_back(objects::BareEtag(response->Header("etag")));
    }
    return etags;
}

Result<std::string> Client::CompleteUpload(
    const Call& upload, const std::vector<std::string>& etags, const std::stop_token& stop
) {
    auto call = upload;
    call.method = "POST";
    const auto parts = s3::WriteParts(etags);
    call.body = parts;
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
    const std::stop_token& stop
) {
    if (bytes.Size() <= request.part_bytes) {
        std::string whole(bytes.Size(), '\0');
        return Fill(bytes, 0, whole).and_then([&] { return Write(bucket, key, whole, request, stop); });
    }
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
    const auto etags =
        UploadParts(call, bytes, std::max({request.part_bytes, least, std::uint64_t{1}}), stop);
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
