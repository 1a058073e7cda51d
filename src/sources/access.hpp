#pragma once

// How a connection gets at its source: asked anew at each use, so that a change needs no restart.

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"

namespace notify {

/// A credential in the clear: either a key pair or a token. Kept no longer than a request lasts.
struct Secret {
    std::string access_key;
    std::string secret_key;
    std::string session_token;  ///< Of a temporary key pair.
    std::string token;          ///< Of an API that knows tokens; then the others are empty.
    std::optional<Timestamp> expires_at;

    friend bool operator==(const Secret&, const Secret&) = default;
};

/// True for what may be the name of a setting that holds a credential: STORE_…, AWS_…, DATACORE_… or
/// ICONIK_…, in capitals, digits and "_". A key that was pasted in the place of its name is none.
[[nodiscard]] bool IsCredentialSetting(std::string_view name);

/// A source as it is now.
struct SourceAccess {
    Source source;
    std::vector<Secret> secrets;  ///< The newest first; may be empty.
};

/// Thread-safe and quick. kNotFound when there is no such source, kUnauthenticated when its secret cannot be
/// had: each with a sentence that says what to do.
using FindAccess = std::function<Result<SourceAccess>(const SourceId&)>;

/// How many nodes ask the same stores, this one among them. Thread-safe and quick.
using CountNodes = std::function<int()>;

}  // namespace notify
