#include "http/routes/secret_checks.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "http/views_sources.hpp"
#include "sources/access.hpp"
#include "sources/datacore/token.hpp"

namespace notify {

namespace {

/// What goes into a header: printable ASCII without blanks. The value is never in the sentence.
Result<void> CheckText(std::string_view member, const std::string& value) {
    const bool good = value.size() <= 4096 &&
                      std::ranges::all_of(value, [](unsigned char c) { return c > 0x20 && c < 0x7F; });
    return good ? Result<void>{}
                : Fail(
                      ErrorCode::kInvalidArgument,
                      fmt::format(
                          "/{}: must be at most 4096 printable ASCII characters, without blanks", member
                      )
                  );
}

}  // namespace

Result<Secret> SecretFrom(const view::NewSecret& wanted) {
    Secret secret{
        .access_key = wanted.access_key.value_or(""),
        .secret_key = wanted.secret_key.value_or(""),
        .session_token = wanted.session_token.value_or(""),
        .token = wanted.token.value_or(""),
        .expires_at = {}
    };
    for (const auto& [member, value] :
         {std::pair("access_key", &secret.access_key),
          {"secret_key", &secret.secret_key},
          {"session_token", &secret.session_token},
          {"token", &secret.token}}) {
        if (auto checked = CheckText(member, *value); !checked) {
            return Unexpected(checked.error());
        }
    }
    if (secret.access_key.empty() != secret.secret_key.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            secret.access_key.empty() ? "/access_key: is missing beside secret_key"
                                      : "/secret_key: is missing beside access_key"
        );
    }
    if (secret.access_key.empty() == secret.token.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument, "/token: give either a token, or access_key with secret_key"
        );
    }
    if (const auto token = datacore::ParseToken(secret.token); !secret.token.empty() && !token) {
        return Unexpected(token.error().Within("/token"));
    }
    if (wanted.expires_at) {
        const auto at = FromRfc3339(*wanted.expires_at);
        if (!at) {
            return Fail(ErrorCode::kInvalidArgument, "/expires_at: must be a time like 2026-01-31T12:00:00Z");
        }
        secret.expires_at = *at;
    }
    return secret;
}

}  // namespace notify
