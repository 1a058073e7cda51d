#include "sources/objects/ranged_body.hpp"

#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <stop_token>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "sources/objects/answers.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/pace.hpp"

namespace notify::objects {

namespace {

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
    const auto first = WholeNumber(text.substr(6, dash - 6));
    const auto last = WholeNumber(text.substr(dash + 1, slash - dash - 1));
    const auto total = WholeNumber(text.substr(slash + 1));
    return first && last && total
               ? std::optional(ContentRange{.first = *first, .last = *last, .total = *total})
               : std::nullopt;
}

Unexpected Wrong(std::string_view what) {
    return Unexpected(Fault(ErrorCode::kUnavailable, kWrongAnswer, fmt::format("the store {}", what)));
}

Unexpected Changed() {
    return Unexpected(Fault(
        ErrorCode::kConflict, kObjectChanged, "the object was replaced by a new version while it was read"
    ));
}

}  // namespace

HttpHeaders RangedBody::NextHeaders() {
    checked_ = false;
    HttpHeaders headers{
        {"range", fmt::format("bytes={}-{}", request_.offset + received_, request_.offset + into_.size() - 1)}
    };
    if (!request_.etag.empty()) {
        headers.emplace_back("if-match", fmt::format("\"{}\"", request_.etag));
    }
    return headers;
}

Result<void> RangedBody::Take(const HttpResponse& response, std::string_view bytes) {
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

Result<void> RangedBody::Check(const HttpResponse& response) const {
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
        return range->first == begin && range->last + 1 == end ? Result<void>()
                                                               : Wrong("sent another part than asked for");
    }
    if (begin != 0 || end != request_.object_size) {
        return Unexpected(Fault(
            ErrorCode::kUnsupported, kNoRanges, "the store sends whole objects where a part was asked for"
        ));
    }
    return ContentLength(response).value_or(end) == end ? Result<void>() : Changed();
}

Result<void> ReadWhole(
    const RangedBody& body,
    std::string_view key,
    const RetryLimits& limits,
    const std::function<Result<void>()>& send,
    const std::stop_token& stop
) {
    for (int shorts = 0; shorts < limits.attempts; ++shorts) {
        const auto before = body.Received();
        if (auto sent = send(); !sent) {
            return sent;
        }
        if (body.IsWhole()) {
            return {};
        }
        if (body.Received() == before && !SleepFor(RetryPause(limits, shorts + 1, {}), stop)) {
            return Fail(ErrorCode::kStopped, "the request was stopped");
        }
    }
    return Unexpected(Fault(
        ErrorCode::kUnavailable,
        kWrongAnswer,
        fmt::format("the store sends fewer bytes of '{}' than it says there are", CleanText(key))
    ));
}

}  // namespace notify::objects
