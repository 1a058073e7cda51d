// Listing, looking at and reading objects.

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "sources/s3/call.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/faults.hpp"
#include "sources/s3/pace.hpp"
#include "sources/s3/xml.hpp"

namespace notify::s3 {

namespace {

std::optional<std::uint64_t> Number(std::string_view text) {
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool whole = error == std::errc{} && end == text.data() + text.size();
    return whole ? std::optional(number) : std::nullopt;
}

struct ContentRange {
    std::uint64_t first = 0;
    std::uint64_t last = 0;
    std::uint64_t total = 0;
};

/// "bytes 6-10/11".
std::optional<ContentRange> ReadContentRange(std::string_view text) {
    const auto dash = text.find('-');
    const auto slash = text.find('/');
    if (!text.starts_with("bytes ") || dash == std::string_view::npos || slash == std::string_view::npos ||
        slash < dash) {
        return std::nullopt;
    }
    const auto first = Number(text.substr(6, dash - 6));
    const auto last = Number(text.substr(dash + 1, slash - dash - 1));
    const auto total = Number(text.substr(slash + 1));
    return first && last && total
               ? std::optional(ContentRange{.first = *first, .last = *last, .total = *total})
               : std::nullopt;
}

bool IsArchived(const HttpResponse& response) {
    const auto storage = response.Header("x-amz-storage-class");
    const bool away =
        storage == "GLACIER" || storage == "DEEP_ARCHIVE" || !response.Header("x-amz-archive-status").empty();
    return away &&
           response.Header("x-amz-restore").find("ongoing-request=\"false\"") == std::string_view::npos;
}

/// True for a refusal that may mean "I do not know this form".
bool MayBeUnknownForm(const Error& error) {
    return error.code == ErrorCode::kUnsupported || error.code == ErrorCode::kInvalidArgument;
}

}  // namespace

/// Checks an answer to a ranged read, and puts its body where it belongs.
class Client::BodyReader {
public:
    BodyReader(const ReadRequest& request, std::span<std::byte> into) : request_(request), into_(into) {}

    [[nodiscard]] std::uint64_t Received() const noexcept { return received_; }

    [[nodiscard]] bool IsWhole() const noexcept { return received_ == into_.size(); }

    /// Before each attempt: the next answer is to be checked anew.
    void Expect() noexcept { checked_ = false; }

    Result<void> Take(const HttpResponse& response, std::string_view bytes) {
        if (!checked_) {
            if (auto right = Check(response); !right) {
                return right;
            }
            checked_ = true;
        }
        if (bytes.size() > into_.size() - received_) {
            return Wrong("sent more bytes than were asked for");
        }
        std::memcpy(into_.data() + received_, bytes.data(), bytes.size());
        received_ += bytes.size();
        return {};
    }

private:
    static Unexpected Wrong(std::string_view what) {
        return Unexpected(Fault(ErrorCode::kUnavailable, kWrongAnswer, fmt::format("the store {}", what)));
    }

    static Unexpected Changed() {
        return Unexpected(Fault(
            ErrorCode::kConflict, kObjectChanged, "the object was replaced by a new version while it was read"
        ));
    }

    [[nodiscard]] Result<void> Check(const HttpResponse& response) const {
        const auto etag = BareEtag(response.Header("etag"));
        if (!request_.etag.empty() && etag.empty()) {
            return Wrong("does not say which version it sent");
        }
        if (!request_.etag.empty() && etag != request_.etag) {
            return Changed();
        }
        const auto begin = request_.offset + received_;
        const auto end = request_.offset + into_.size();
        if (response.status == 206) {
            const auto range = ReadContentRange(response.Header("content-range"));
            if (!range) {
                return Wrong("sent a part without saying which");
            }
            if (range->total != request_.object_size) {
                return Changed();
            }
            return range->first == begin && range->last + 1 == end
                       ? Result<void>()
                       : Wrong("sent another part than asked for");
        }
        if (begin != 0 || end != request_.object_size) {
            return Unexpected(Fault(
                ErrorCode::kUnsupported, kNoRanges, "the store sends whole objects where a part was asked for"
            ));
        }
        const auto length = Number(response.Header("content-length"));
        return length.value_or(end) == end ? Result<void>() : Changed();
    }

    const ReadRequest& request_;
    std::span<std::byte> into_;
    std::uint64_t received_ = 0;
    bool checked_ = false;
};

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
    const auto length = Number(response->Header("content-length"));
    if (!length) {
        return Unexpected(Fault(ErrorCode::kUnavailable, kNotS3, "the store tells no length of the object"));
    }
    return ObjectInfo{
        .size_bytes = *length,
        .etag = BareEtag(response->Header("etag")),
        .version = std::string(response->Header("x-amz-version-id")),
        .modified_at = ModifiedTime(*response),
        .content_type = std::string(response->Header("content-type")),
        .archived = IsArchived(*response),
    };
}

Result<void> Client::Read(
    const std::string& bucket,
    const std::string& key,
    const ReadRequest& request,
    std::span<std::byte> into,
    const std::stop_token& stop
) {
    if (into.empty()) {
        return {};
    }
    BodyReader reader(request, into);
    const auto make = [&] {
        reader.Expect();
        const auto first = request.offset + reader.Received();
        Call call{
            .bucket = bucket,
            .key = key,
            .action = "read",
            .headers = {{"range", fmt::format("bytes={}-{}", first, request.offset + into.size() - 1)}},
            .least_speed = settings_.least_speed,
            .take_body = [&](const HttpResponse& response, std::string_view bytes) -> Result<void> {
                return reader.Take(response, bytes);
            },
            .progress = reader.Received(),
        };
        if (!request.etag.empty()) {
            call.headers.emplace_back("if-match", fmt::format("\"{}\"", request.etag));
        }
        return call;
    };
    // a body that is too short without an error of the transport is continued too
    for (int shorts = 0; shorts < settings_.retry.attempts; ++shorts) {
        const auto before = reader.Received();
        const auto response = Do(make, stop);
        if (!response) {
            return Unexpected(response.error());
        }
        if (reader.IsWhole()) {
            return {};
        }
        if (reader.Received() == before && !SleepFor(RetryPause(settings_.retry, shorts + 1, {}), stop)) {
            return Fail(ErrorCode::kStopped, "the request was stopped");
        }
    }
    return Unexpected(Fault(
        ErrorCode::kUnavailable,
        kWrongAnswer,
        fmt::format("the store sends fewer bytes of '{}' than it says there are", key)
    ));
}

}  // namespace notify::s3
