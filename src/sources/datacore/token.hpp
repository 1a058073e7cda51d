#pragma once

// A token of Swarm as people have it: of S3 (a key pair) or of Swarm's own HTTP API.

#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify::datacore {

/// Either a key pair or an id.
struct Token {
    std::string access_key;  ///< Id of a token that was made with a secret key: such a one only signs for S3.
    std::string secret_key;
    std::string id;  ///< Of one without a secret key: the native API takes it as a cookie.

    [[nodiscard]] bool IsNative() const noexcept { return !id.empty(); }
};

/// Reads "ACCESS:SECRET" or a token's id; white space around it does not count. kInvalidArgument: it is
/// empty, half of a pair is, or it holds what no cookie can. The sentence does not repeat it.
[[nodiscard]] Result<Token> ParseToken(std::string_view text);

}  // namespace notify::datacore
