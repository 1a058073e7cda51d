#pragma once

// Bytes behind the signed URLs that Iconik gives out: of another store, asked without Iconik's credentials.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "core/url.hpp"
#include "sources/objects/pace.hpp"

namespace notify::iconik {

/// Who may be connected to for media: not this machine itself and nothing link-local (there clouds keep their
/// credentials), unless Iconik is on this machine too; whatever a proxy connects to.
[[nodiscard]] ConnectGuard GuardOfMedia(const std::string& iconik_host, const std::string& proxy);

/// How signed URLs of one source are fetched. Thread-safe.
class MediaStore final {
public:
    /// `clock` outlives it.
    MediaStore(
        HttpClientSettings network, ConnectGuard guard, objects::RetryLimits retry, const Clock& clock
    );

    /// Gives a new URL of the same media, when the one before has ended.
    using Renew = std::function<Result<std::string>(const std::stop_token&)>;

    /// One file as it was when it was opened. Thread-safe. Holds the store.
    class File final {
    public:
        File(std::shared_ptr<MediaStore> store, Renew renew, std::string what);

        /// Asks for a URL, and for the size and the ETag of what is there. Before any Read.
        [[nodiscard]] Result<void> Open(const std::stop_token& stop);

        [[nodiscard]] std::uint64_t Size() const noexcept { return size_; }

        /// objects::ReadRange. A URL that ended (401, 403) is renewed, once without progress. One that leads
        /// elsewhere is followed three times, never from https to http; the guard judges each hop. Errors of
        /// objects/faults.hpp; kNotFound (no_object): the file is gone.
        [[nodiscard]] Result<void> Read(
            std::uint64_t offset, std::span<std::byte> into, const std::stop_token& stop
        );

    private:
        struct Asking;

        [[nodiscard]] Result<void> Ask(const Asking& asking, const std::stop_token& stop);
        [[nodiscard]] objects::Attempt Try(
            const Asking& asking, std::uint64_t& renewed_at, const std::stop_token& stop
        );
        [[nodiscard]] Result<HttpResponse> Follow(
            Url url, const Asking& asking, const std::stop_token& stop
        ) const;
        [[nodiscard]] Result<Url> Next(const Url& from, const HttpResponse& response, int hops) const;
        [[nodiscard]] Result<std::string> UrlNow(const std::string& ended, const std::stop_token& stop);
        [[nodiscard]] Error FaultOf(int status, const HttpResponse& response) const;

        const std::shared_ptr<MediaStore>
            store_;  ///< Shared with its source, which may get another meanwhile.
        const Renew renew_;
        const std::string what_;  ///< "asset 2222…, 'clip.mxf'", for sentences.
        std::mutex mutex_;
        std::string url_;  ///< Never in a sentence: whoever has it reads the media.
        std::uint64_t size_ = 0;
        std::string etag_;
    };

private:
    const ConnectGuard guard_;
    const objects::RetryLimits retry_;
    const Clock& clock_;
    const HttpClient http_;
    objects::Pace pace_;
};

}  // namespace notify::iconik
