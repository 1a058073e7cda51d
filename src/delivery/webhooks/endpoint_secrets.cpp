#include "delivery/webhooks/endpoint_secrets.hpp"

#include <charconv>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/event.hpp"

namespace notify {

namespace {

constexpr std::string_view kPurpose = "endpoint.secret";

struct OpenedSecret {
    std::string secret;
    std::optional<Timestamp> until;
};

/// The clear text is the secret, and after a space the milliseconds of the moment it ends.
Result<OpenedSecret> OpenSecret(const SecretBox& box, std::string_view sealed) {
    auto clear = box.Open(sealed, kPurpose);
    if (!clear) {
        return Unexpected(clear.error());
    }
    const auto space = clear->find(' ');
    if (space == std::string::npos) {
        return OpenedSecret{.secret = std::move(*clear), .until = {}};
    }
    std::int64_t millis = 0;
    std::from_chars(clear->data() + space + 1, clear->data() + clear->size(), millis);
    return OpenedSecret{.secret = clear->substr(0, space), .until = FromMillis(millis)};
}

}  // namespace

std::string SealEndpointSecret(
    const SecretBox& box, std::string_view secret, std::optional<Timestamp> until
) {
    return box.Seal(until ? fmt::format("{} {}", secret, ToMillis(*until)) : std::string(secret), kPurpose);
}

Result<std::vector<std::string>> LiveSecrets(const SecretBox& box, const Endpoint& endpoint, Timestamp now) {
    std::vector<std::string> live;
    for (const auto& sealed : endpoint.secrets) {
        auto opened = OpenSecret(box, sealed);
        if (!opened) {
            return Unexpected(opened.error().Within("secret of endpoint " + endpoint.id.Value()));
        }
        if (const auto until = opened->until; !until || now < *until) {
            live.push_back(std::move(opened->secret));
        }
    }
    return live;
}

}  // namespace notify
