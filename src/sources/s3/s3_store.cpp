#include "sources/s3/s3_store.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <iterator>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>

#include "core/byte_source.hpp"
#include "core/clock.hpp"
#include "core/result.hpp"
#include "sources/access.hpp"
#include "sources/objects/ranged_body.hpp"
#include "sources/objects/store_client.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/config.hpp"
#include "sources/s3/listing.hpp"
#include "sources/s3/live_credentials.hpp"
#include "sources/s3/signer.hpp"
#include "sources/s3/xml.hpp"
#include "sources/source.hpp"

namespace notify::s3 {

namespace {

/// Where a listing of folders goes on in the first form.
std::string LastOf(const ListPage& page) {
    auto last = page.next_marker;
    if (last.empty() && !page.objects.empty()) {
        last = page.objects.back().key;
    }
    return page.prefixes.empty() || !page.next_marker.empty() ? last : std::max(last, page.prefixes.back());
}

/// Borrowed bytes in memory.
class TextBytes final : public ByteSource {
public:
    explicit TextBytes(std::string_view bytes) : bytes_(bytes) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_.size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        const auto part = bytes_.substr(std::min<std::size_t>(offset, bytes_.size()), into.size());
        std::ranges::copy(std::as_bytes(std::span(part)), into.begin());
        return part.size();
    }

private:
    std::string_view bytes_;
};

class S3Store final : public objects::StoreClient {
public:
    S3Store(ClientSettings settings, CredentialsProvider credentials, const Clock& clock)
        : client_(std::move(settings), std::move(credentials), clock) {}

    [[nodiscard]] Result<void> List(
        const objects::KeyRange& keys,
        const std::function<Result<void>(const objects::StoredObject&)>& found,
        const std::stop_token& stop
    ) override {
        Listing listing(client_, keys.bucket, keys.prefix, keys.start_after);
        while (true) {
            const auto page = listing.Next(stop);
            if (!page || !*page) {
                return page ? Result<void>() : Unexpected(page.error());
            }
            for (const auto& object : (*page)->objects) {
                if (keys.through && object.key > *keys.through) {
                    return {};
                }
                auto taken = found(
                    {.key = object.key,
                     .etag = object.etag,
                     .size_bytes = object.size_bytes,
                     .modified_at = object.modified_at}
                );
                if (!taken) {
                    return taken;
                }
            }
        }
    }

    [[nodiscard]] Result<FolderListing> ListFolder(
        const std::string& bucket, const std::string& folder, int most_pages, const std::stop_token& stop
    ) override {
        FolderListing listing;
        ListRequest request{.prefix = folder, .delimiter = "/"};
        while (!listing.whole && listing.pages < most_pages) {
            auto page = client_.List(bucket, request, stop);
            if (!page) {
                return Unexpected(page.error());
            }
            ++listing.pages;
            listing.whole = !page->truncated;
            request.token = page->next_token;
            request.start_after = LastOf(*page);
            for (auto& object : page->objects) {
                listing.files.push_back(std::move(object.key));
            }
            std::ranges::move(page->prefixes, std::back_inserter(listing.folders));
        }
        return listing;
    }

    [[nodiscard]] Result<void> Check(
        const std::string& bucket, const std::string& prefix, const std::stop_token& stop
    ) override {
        return client_.List(bucket, {.prefix = prefix, .max_keys = 1}, stop).map([](const ListPage&) {});
    }

    [[nodiscard]] Result<objects::StoredInfo> Head(
        const std::string& bucket, const std::string& key, const std::stop_token& stop
    ) override {
        return client_.Head(bucket, key, stop).map([](ObjectInfo info) {
            return objects::StoredInfo{
                .size_bytes = info.size_bytes,
                .etag = std::move(info.etag),
                .modified_at = info.modified_at.value_or(Timestamp()),
                .archived = info.archived,
                .restoring = info.restoring,
                .tiered = info.tiered
            };
        });
    }

    [[nodiscard]] Result<void> Read(
        const std::string& bucket,
        const std::string& key,
        const objects::ReadRequest& request,
        std::span<std::byte> into,
        const std::stop_token& stop
    ) override {
        return client_.Read(bucket, key, request, into, stop);
    }

    [[nodiscard]] Result<void> Write(
        const std::string& bucket,
        const std::string& key,
        std::string_view bytes,
        const objects::WrittenAs& as,
        const std::stop_token& stop
    ) override {
        TextBytes source(bytes);
        return client_
            .WriteParts(bucket, key, source, {.content_type = as.content_type, .metadata = as.metadata}, stop)
            .map([](const std::string&) {});
    }

    [[nodiscard]] Result<void> Remove(
        const std::string& bucket, const std::string& key, const std::stop_token& stop
    ) override {
        return client_.Remove(bucket, key, stop);
    }

    [[nodiscard]] Result<void> Restore(
        const std::string& bucket,
        const std::string& key,
        const objects::StoredInfo& info,
        const std::stop_token& stop
    ) override {
        const RestoreRequest request{.days = info.tiered ? 0 : RestoreRequest{}.days};
        return client_.Restore(bucket, key, request, stop);
    }

    [[nodiscard]] std::chrono::milliseconds ClockOffset() const noexcept override {
        return client_.ClockOffset();
    }

private:
    Client client_;
};

}  // namespace

Result<std::shared_ptr<objects::StoreClient>> ConnectStore(
    const SourceAccess& now, const FindAccess& access, const Clock& clock
) {
    return ReadConfig(now.source.config).map([&](Config config) -> std::shared_ptr<objects::StoreClient> {
        return std::make_shared<S3Store>(
            ClientSettings{
                .endpoint = std::move(config.endpoint),
                .network = std::move(config.network),
                .limits = config.limits
            },
            LiveCredentials(access, now.source.id),
            clock
        );
    });
}

}  // namespace notify::s3
