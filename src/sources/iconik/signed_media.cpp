#include "sources/iconik/signed_media.hpp"

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/ip_address.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "sources/objects/answers.hpp"
#include "sources/objects/faults.hpp"
#include "sources/objects/pace.hpp"
#include "sources/objects/ranged_body.hpp"

namespace notify::iconik {

namespace {

// the least speed ends what hangs long before
constexpr std::chrono::milliseconds kLongestTransfer = std::chrono::hours(6);
constexpr std::size_t kMostFaultBytes = 64U << 10U;
constexpr int kMostRedirects = 3;
constexpr auto kNeverRenewed = std::numeric_limits<std::uint64_t>::max();
// IPv4 also as IPv6 writes it
constexpr std::array<std::string_view, 9> kOfThisMachine{
    "0.0.0.0/8",
    "127.0.0.0/8",
    "169.254.0.0/16",
    "::/128",
    "::1/128",
    "fe80::/10",
    "::ffff:0.0.0.0/104",
    "::ffff:127.0.0.0/104",
    "::ffff:169.254.0.0/112"
};

bool IsOfThisMachine(const IpAddress& address) {
    for (const auto text : kOfThisMachine) {
        const auto network = IpNetwork::Parse(text);
        if (network && network->Contains(address)) {
            return true;
        }
    }
    return false;
}

bool IsRedirect(int status) {
    return status == 301 || status == 302 || status == 303 || status == 307 || status == 308;
}

bool HasEnded(int status) {
    return status == 401 || status == 403;
}

/// "bytes 0-0/11": how long the whole is.
std::optional<std::uint64_t> WholeSize(const HttpResponse& response) {
    const auto range = response.Header("content-range");
    const auto slash = range.rfind('/');
    return slash == std::string_view::npos ? std::nullopt : objects::WholeNumber(range.substr(slash + 1));
}

HttpClientSettings Keeping(HttpClientSettings network) {
    network.keep_connections = true;
    return network;
}

}  // namespace

ConnectGuard GuardOfMedia(const std::string& iconik_host, const std::string& proxy) {
    const auto address = IpAddress::Parse(iconik_host);
    if (!proxy.empty() || iconik_host == "localhost" || (address && IsOfThisMachine(*address))) {
        return {};
    }
    return [](const ResolvedAddress& to) -> Result<void> {
        return IsOfThisMachine(to.ip)
                   ? Fail(
                         ErrorCode::kForbidden,
                         "Iconik names this machine itself as the place of the media, which is "
                         "not asked; check the storage of the asset in Iconik"
                     )
                   : Result<void>();
    };
}

MediaStore::MediaStore(
    HttpClientSettings network, ConnectGuard guard, objects::RetryLimits retry, const Clock& clock
)
    : guard_(std::move(guard)),
      retry_(retry),
      clock_(clock),
      http_(Keeping(std::move(network))),
      pace_(retry) {}

MediaStore::File::File(std::shared_ptr<MediaStore> store, Renew renew, std::string what)
    : store_(std::move(store)), renew_(std::move(renew)), what_(std::move(what)) {}

/// What is asked of a URL, and who takes it.
struct MediaStore::File::Asking {
    std::function<HttpHeaders()> headers;
    objects::TakeBody take;
    std::function<std::uint64_t()> progress;
};

Result<std::string> MediaStore::File::UrlNow(const std::string& ended, const std::stop_token& stop) {
    {
        const std::scoped_lock lock(mutex_);
        if (!url_.empty() && url_ != ended) {
            return url_;  // another thread had it renewed
        }
    }
    auto url = renew_(stop);
    if (url) {
        const std::scoped_lock lock(mutex_);
        url_ = *url;
    }
    return url;
}

Error MediaStore::File::FaultOf(int status, const HttpResponse& response) const {
    const objects::Asked asked{.endpoint = "the store of the media", .bucket = {}, .key = {}, .action = {}};
    const auto pause = RetryAfter(response, store_->clock_.Now());
    if (status == 404 || status == 410) {
        return objects::Fault(
            ErrorCode::kNotFound,
            objects::kNoObject,
            fmt::format("the media of {} is not where Iconik says it is", what_)
        );
    }
    if (status == 412 || status == 416) {
        return objects::Fault(
            ErrorCode::kConflict, objects::kObjectChanged, fmt::format("the media of {} was replaced", what_)
        );
    }
    if (status == 429 || status == 503) {
        return objects::BusyFault(asked, pause);
    }
    if (status >= 500) {
        return objects::StoreFault(asked, status, pause);
    }
    return objects::Fault(
        ErrorCode::kUnavailable,
        objects::kWrongAnswer,
        fmt::format("the store of the media of {} does not give it (status {})", what_, status)
    );
}

/// Where an answer that leads elsewhere does, when that may be followed.
Result<Url> MediaStore::File::Next(const Url& from, const HttpResponse& response, int hops) const {
    const auto fault = [&](std::string_view why) {
        return Unexpected(
            objects::Fault(
                ErrorCode::kUnavailable,
                objects::kWrongAnswer,
                fmt::format("the store of the media of {} {}; see its storage in Iconik", what_, why)
            )
        );
    };
    const auto location = response.Header("location");
    if (hops >= kMostRedirects) {
        return fault("sends requests on more than three times");
    }
    auto next = from.Resolve(location);
    if (location.empty() || !next) {
        return fault("sends requests on to no http(s) address");
    }
    return from.Scheme() == "https" && next->Scheme() != "https"
               ? fault("sends requests on from https to http")
               : std::move(next);
}

/// The answer of the place that the URL leads to in the end.
Result<HttpResponse> MediaStore::File::Follow(
    Url url, const Asking& asking, const std::stop_token& stop
) const {
    for (int hops = 0;; ++hops) {
        std::string kept;
        HttpRequest request{
            .url = url,
            .headers = asking.headers(),
            .connect_timeout = std::chrono::seconds(10),
            .total_timeout = kLongestTransfer,
            .guard = store_->guard_,
            .least_speed = LeastSpeed{},
        };
        request.take_body = store_->pace_.Receiver(asking.take, kept, kMostFaultBytes, stop);
        auto response = store_->http_.Send(request, stop);
        if (!response) {
            const objects::Asked asked{
                .endpoint = "the store of the media", .bucket = {}, .key = what_, .action = "read"
            };
            auto fault = objects::FaultOf(response.error(), asked);
            if (fault.code == ErrorCode::kUnavailable) {
                fault.reason = objects::kInterrupted;  // of this asset's storage: others lie elsewhere
            }
            return Unexpected(std::move(fault));
        }
        if (!IsRedirect(response->status)) {
            return response;
        }
        auto next = Next(url, *response, hops);
        if (!next) {
            return Unexpected(next.error());
        }
        url = *std::move(next);
    }
}

/// `renewed_at`: how much was there when the URL was renewed last.
objects::Attempt MediaStore::File::Try(
    const Asking& asking, std::uint64_t& renewed_at, const std::stop_token& stop
) {
    const auto progress = asking.progress();
    const auto text = UrlNow({}, stop);
    if (!text) {
        return {.answer = Unexpected(text.error()), .progress = progress};
    }
    auto url = Url::Parse(*text);
    if (!url) {
        return {
            .answer = Unexpected(
                objects::Fault(
                    ErrorCode::kUnavailable,
                    objects::kWrongAnswer,
                    fmt::format("Iconik gives no http(s) address of the media of {}", what_)
                )
            )
        };
    }
    auto response = Follow(*std::move(url), asking, stop);
    if (!response || response->status / 100 == 2) {
        return {.answer = std::move(response), .progress = progress};
    }
    const auto fault = FaultOf(response->status, *response);
    if (!HasEnded(response->status) || renewed_at == progress) {
        return {.answer = Unexpected(fault), .progress = progress};
    }
    renewed_at = progress;
    const auto renewed = UrlNow(*text, stop);
    return {
        .answer = Unexpected(renewed ? fault : renewed.error()),
        .corrected = renewed.has_value(),
        .progress = progress
    };
}

Result<void> MediaStore::File::Ask(const Asking& asking, const std::stop_token& stop) {
    auto renewed_at = kNeverRenewed;
    return store_->pace_.Persist([&] { return Try(asking, renewed_at, stop); }, stop)
        .map([](const HttpResponse&) {});
}

Result<void> MediaStore::File::Open(const std::stop_token& stop) {
    std::optional<std::uint64_t> size;
    const auto look = [&](const HttpResponse& response, std::string_view /*bytes*/) -> Result<void> {
        size = response.status == 206 ? WholeSize(response) : std::nullopt;
        etag_ = objects::BareEtag(response.Header("etag"));
        if (size) {
            return {};
        }
        return Unexpected(
            objects::Fault(
                ErrorCode::kUnsupported,
                objects::kNoRanges,
                fmt::format("the store of the media of {} sends no parts of files", what_)
            )
        );
    };
    const Asking asking{
        .headers = [] { return HttpHeaders{{"range", "bytes=0-0"}}; },
        .take = look,
        .progress = [] { return std::uint64_t{0}; }
    };
    if (auto asked = Ask(asking, stop); !asked) {
        // an empty file has no first byte
        return asked.error().reason == objects::kObjectChanged ? Result<void>() : asked;
    }
    size_ = size.value_or(0);
    return {};
}

Result<void> MediaStore::File::Read(
    std::uint64_t offset, std::span<std::byte> into, const std::stop_token& stop
) {
    if (into.empty()) {
        return {};
    }
    const objects::ReadRequest wanted{.offset = offset, .object_size = size_, .etag = etag_};
    objects::RangedBody body(wanted, into);
    const Asking asking{
        .headers = [&] { return body.NextHeaders(); },
        .take = [&](const HttpResponse& response,
                    std::string_view bytes) { return body.Take(response, bytes); },
        .progress = [&] { return body.Received(); }
    };
    return objects::ReadWhole(body, what_, store_->retry_, [&] { return Ask(asking, stop); }, stop);
}

}  // namespace notify::iconik
