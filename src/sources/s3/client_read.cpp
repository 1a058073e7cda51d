// Listing, looking at and reading objects.

#include <cstddef>
#include <cstdint>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/objects/answers.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/object_reader.hpp"
#include "sources/objects/ranged_body.hpp"
#include "sources/s3/call.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/xml.hpp"

namespace notify::s3 {

namespace {

bool IsArchived(const HttpResponse& response) {
    const auto storage = response.Header("x-amz-storage-class");
    const bool away =
        storage == "GLACIER" || storage == "DEEP_ARCHIVE" || !response.Header("x-amz-archive-status").empty();
    return away &&
           response.Header("x-amz-restore").find("ongoing-request=\"false\"") == std::string_view::npos;
}

bool IsRestoring(const HttpResponse& response) {
    return response.Header("x-amz-restore").find("ongoing-request=\"true\"") != std::string_view::npos;
}

/// True for a refusal that may mean "I do not know this form".
bool MayBeUnknownForm(const Error& error) {
    return error.code == ErrorCode::kUnsupported || error.code == ErrorCode::kInvalidArgument;
}

}  // namespace

bool Client::ListsInFirstForm(const std::string& bucket) const {
    const std::scoped_lock lock(learned_mutex_);
    return first_form_.contains(bucket);
}

Result<ListPage> Client::ListForm(
    const std::string& bucket, const ListRequest& request, bool first_form, const std::stop_token& stop
) {
    Call call{
        .bucket = bucket,
        .action = "list",
        .query = {{"encoding-type", "url"}, {"max-keys", std::to_string(request.max_keys)}},
        .max_body_bytes = kMaxXmlBytes,
        .least_speed = settings_.least_speed,
    };
    const auto add = [&](const char* name, const std::string& value) {
        if (!value.empty()) {
            call.query.emplace_back(name, value);
        }
    };
    add("prefix", request.prefix);
    add("delimiter", request.delimiter);
    if (first_form) {
        add("marker", request.start_after);
    } else {
        add("list-type", "2");
        add("continuation-token", request.token);
        add("start-after", request.token.empty() ? request.start_after : "");
    }
    const auto response = Do([&] { return call; }, stop);
    if (!response) {
        return Unexpected(response.error());
    }
    return ReadListPage(response->body).map_error([](Error error) {
        error.stage = "store";
        return error;
    });
}

Result<ListPage> Client::List(
    const std::string& bucket, const ListRequest& request, const std::stop_token& stop
) {
    const auto remember = [&] {
        const std::scoped_lock lock(learned_mutex_);
        first_form_[bucket] = true;
    };
    if (ListsInFirstForm(bucket)) {
        return ListForm(bucket, request, true, stop);
    }
    auto page = ListForm(bucket, request, false, stop);
    const bool has_position = !request.start_after.empty() || !request.token.empty();
    if (page && !page->first_form) {
        return page;
    }
    if (page) {
        remember();
        // a store of the first form has not looked at start-after
        return has_position ? ListForm(bucket, request, true, stop) : std::move(page);
    }
    if (!MayBeUnknownForm(page.error())) {
        return page;
    }
    auto first = ListForm(bucket, request, true, stop);
    if (!first) {
        return page;
    }
    remember();
    return first;
}

Result<ObjectInfo> Client::Head(
    const std::string& bucket, const std::string& key, const std::stop_token& stop
) {
    const auto response = Do(
        [&] {
            return Call{
                .method = "HEAD",
                .bucket = bucket,
                .key = key,
                .action = "look at",
                .least_speed = settings_.least_speed,
            };
        },
        stop
    );
    if (!response) {
        return Unexpected(response.error());
    }
    const auto length = objects::ContentLength(*response);
    if (!length) {
        return Unexpected(
            objects::Fault(
                ErrorCode::kUnavailable, objects::kNotAStore, "the store tells no length of the object"
            )
        );
    }
    return ObjectInfo{
        .size_bytes = *length,
        .etag = objects::BareEtag(response->Header("etag")),
        .version = std::string(response->Header("x-amz-version-id")),
        .modified_at = ModifiedTime(*response),
        .content_type = std::string(response->Header("content-type")),
        .archived = IsArchived(*response),
        .restoring = IsArchived(*response) && IsRestoring(*response),
        .tiered = !response->Header("x-amz-archive-status").empty(),
    };
}

Result<void> Client::Read(
    const std::string& bucket,
    const std::string& key,
    const objects::ReadRequest& request,
    std::span<std::byte> into,
    const std::stop_token& stop
) {
    if (into.empty()) {
        return {};
    }
    objects::RangedBody body(request, into);
    const auto make = [&] {
        return Call{
            .bucket = bucket,
            .key = key,
            .action = "read",
            .headers = body.NextHeaders(),
            .least_speed = settings_.least_speed,
            .take_body = [&](const HttpResponse& response, std::string_view bytes) -> Result<void> {
                return body.Take(response, bytes);
            },
            .progress = body.Received(),
        };
    };
    const auto send = [&]() -> Result<void> { return Do(make, stop).map([](const HttpResponse&) {}); };
    return objects::ReadWhole(body, key, settings_.retry, send, stop);
}

objects::ReadRange RangesOf(Client& client, std::string bucket, std::string key, const ObjectInfo& info) {
    return [&client,
            bucket = std::move(bucket),
            key = std::move(key),
            size = info.size_bytes,
            etag = info.etag](std::uint64_t offset, std::span<std::byte> into, const std::stop_token& stop) {
        return client.Read(bucket, key, {.offset = offset, .object_size = size, .etag = etag}, into, stop);
    };
}

}  // namespace notify::s3
