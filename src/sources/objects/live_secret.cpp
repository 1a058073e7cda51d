#include "sources/objects/live_secret.hpp"

#include <functional>

#include <fmt/format.h>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "sources/access.hpp"
#include "sources/objects/faults.hpp"

namespace notify::objects {

Result<Secret> LiveSecret(
    const FindAccess& access, const SourceId& id, const std::function<Fitness(const Secret&)>& fitness
) {
    const auto found = access(id);
    if (!found) {
        return Unexpected(found.error());
    }
    const Secret* refused = nullptr;
    for (const auto& secret : found->secrets) {
        const auto fits = fitness(secret);
        if (fits == Fitness::kFit) {
            return secret;
        }
        refused = refused == nullptr && fits == Fitness::kRefused ? &secret : refused;
    }
    if (refused != nullptr) {
        return *refused;
    }
    return Unexpected(CredentialsFault(
        kNoCredentials,
        fmt::format(
            "source '{0}' has no credentials; give it some: notifications-api sources secret {0}",
            found->source.name
        )
    ));
}

}  // namespace notify::objects
