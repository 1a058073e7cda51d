#include "sources/datacore/token.hpp"

#include <algorithm>
#include <string>
#include <string_view>

#include "core/error.hpp"
#include "core/result.hpp"
#include "core/trimmed.hpp"

namespace notify::datacore {

namespace {

bool IsPrintable(std::string_view text) {
    return std::ranges::all_of(text, [](char c) { return c > ' ' && c < '\x7f'; });
}

/// cookie-octet of RFC 6265.
bool FitsCookie(std::string_view text) {
    return IsPrintable(text) && text.find_first_of("\",;\\") == std::string_view::npos;
}

}  // namespace

Result<Token> ParseToken(std::string_view text) {
    text = Trimmed(text);
    const auto colon = text.find(':');
    if (colon != std::string_view::npos) {
        const auto access_key = text.substr(0, colon);
        const auto secret_key = text.substr(colon + 1);
        if (access_key.empty() || secret_key.empty() || !IsPrintable(text)) {
            return Fail(
                ErrorCode::kInvalidArgument,
                "a token with a colon is ACCESS:SECRET, the token's id and its secret key, without spaces"
            );
        }
        return Token{.access_key = std::string(access_key), .secret_key = std::string(secret_key), .id = {}};
    }
    if (text.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            "the token is empty: give ACCESS:SECRET for S3, or the token's id for Swarm's own HTTP API"
        );
    }
    if (!FitsCookie(text)) {
        return Fail(
            ErrorCode::kInvalidArgument, "the token holds characters that no token of Swarm has; copy it anew"
        );
    }
    return Token{.access_key = {}, .secret_key = {}, .id = std::string(text)};
}

}  // namespace notify::datacore
