#include "domain/result.hpp"

#include <string>
#include <string_view>

#include "core/hash.hpp"
#include "domain/item.hpp"

namespace notify {

std::string ContentIdentity(const Item& item) {
    if (!item.content_sha256.empty()) {
        return item.content_sha256;
    }
    Sha256 hash;
    for (const std::string_view part : {item.bucket_id.Value(), item.key, item.version}) {
        hash.Add(std::to_string(part.size()));  // keys may hold any byte
        hash.Add(":");
        hash.Add(part);
    }
    return "version:" + hash.FinishHex();
}

std::string LineageKey(
    std::string_view content_sha256,
    std::string_view processor,
    std::string_view processor_version,
    std::string_view model_digest,
    std::string_view config_hash
) {
    Sha256 hash;
    for (const auto part : {content_sha256, processor, processor_version, model_digest, config_hash}) {
        hash.Add(part);
        hash.Add(std::string_view("\0", 1));
    }
    return hash.FinishHex();
}

}  // namespace notify
