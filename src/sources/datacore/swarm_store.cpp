#include "sources/datacore/swarm_store.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/object.hpp>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "sources/access.hpp"
#include "sources/datacore/native_client.hpp"
#include "sources/datacore/native_listing.hpp"
#include "sources/datacore/native_page.hpp"
#include "sources/objects/live_secret.hpp"
#include "sources/objects/ranged_body.hpp"
#include "sources/objects/store_client.hpp"
#include "sources/s3/config.hpp"
#include "sources/s3/endpoint.hpp"
#include "sources/s3/s3_store.hpp"

namespace notify::datacore {

namespace {

Result<std::string> TokenOf(const FindAccess& access, const SourceId& id, const std::string* refused) {
    const auto fitness = [&](const Secret& secret) {
        return secret.token.empty()                             ? objects::Fitness::kUnfit
               : refused != nullptr && secret.token == *refused ? objects::Fitness::kRefused
                                                                : objects::Fitness::kFit;
    };
    return objects::LiveSecret(access, id, fitness).map([](const Secret& secret) { return secret.token; });
}

class SwarmStore final : public objects::StoreClient {
public:
    SwarmStore(NativeSettings settings, TokenProvider token, const Clock& clock)
        : client_(std::move(settings), std::move(token), clock) {}

    [[nodiscard]] Result<void> List(
        const objects::KeyRange& keys,
        const std::function<Result<void>(const objects::StoredObject&)>& found,
        const std::stop_token& stop
    ) override {
        NativeListing listing(client_, keys.bucket, keys.prefix, keys.start_after);
        while (true) {
            const auto page = listing.Next(stop);
            if (!page || !*page) {
                return page ? Result<void>() : Unexpected(page.error());
            }
            for (const auto& object : **page) {
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

    [[nodiscard]] Result<void> Check(
        const std::string& bucket, const std::string& prefix, const std::stop_token& stop
    ) override {
        return client_.List(bucket, {.prefix = prefix, .marker = {}, .size = 1}, stop)
            .map([](const std::vector<ListedObject>&) {});
    }

    [[nodiscard]] Result<objects::StoredInfo> Head(
        const std::string& bucket, const std::string& key, const std::stop_token& stop
    ) override {
        return client_.Head(bucket, key, stop).map([](NativeObjectInfo info) {
            return objects::StoredInfo{
                .size_bytes = info.size_bytes,
                .etag = std::move(info.etag),
                .modified_at = info.modified_at.value_or(Timestamp())
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
        return client_.Write(bucket, key, bytes, as, stop).map([](const std::string&) {});
    }

    [[nodiscard]] Result<void> Remove(
        const std::string& bucket, const std::string& key, const std::stop_token& stop
    ) override {
        return client_.Remove(bucket, key, stop);
    }

    [[nodiscard]] Result<void> Restore(
        const std::string& /*bucket*/,
        const std::string& /*key*/,
        const objects::StoredInfo& /*info*/,
        const std::stop_token& /*stop*/
    ) override {
        return Fail(ErrorCode::kUnsupported, "Swarm has no archive to restore from");
    }

    [[nodiscard]] std::chrono::milliseconds ClockOffset() const noexcept override {
        return std::chrono::milliseconds(0);
    }

private:
    NativeClient client_;
};

}  // namespace

Result<NativeSettings> ReadNativeSettings(std::string_view config) {
    return s3::ReadConfig(config).map([&](s3::Config read) {
        const auto json = ParseJson(config);
        const auto* domain = json && json->is_object() ? json->get_object().if_contains("domain") : nullptr;
        return NativeSettings{
            .endpoint = read.endpoint.WithPaths(),
            .domain = domain != nullptr && domain->is_string() ? std::string(domain->get_string()) : "",
            .network = std::move(read.network),
            .limits = read.limits
        };
    });
}

Result<std::shared_ptr<objects::StoreClient>> ConnectStore(
    const SourceAccess& now, const FindAccess& access, const Clock& clock
) {
    if (now.secrets.empty() || now.secrets.front().token.empty()) {
        return s3::ConnectStore(now, access, clock);
    }
    return ReadNativeSettings(now.source.config)
        .map([&](NativeSettings settings) -> std::shared_ptr<objects::StoreClient> {
            return std::make_shared<SwarmStore>(
                std::move(settings),
                [access, id = now.source.id](const std::string* refused) {
                    return TokenOf(access, id, refused);
                },
                clock
            );
        });
}

}  // namespace notify::datacore
