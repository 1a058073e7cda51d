#pragma once

// What the edge refuses before a handler sees it. Included by server/*.cpp alone: it holds
// Beast's types.

#include <algorithm>
#include <cctype>
#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>

#include <boost/beast/http.hpp>

namespace notify {

using Parser = boost::beast::http::request_parser<boost::beast::http::string_body>;

[[nodiscard]] inline std::string Lower(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return lower;
}

[[nodiscard]] inline std::ptrdiff_t FieldCount(const Parser& parser) {
    return std::distance(parser.get().begin(), parser.get().end());
}

/// Requests that two parsers might read differently: refused, and the connection closed (RFC 9112, 6.3
/// and 11.2).
[[nodiscard]] inline bool IsAmbiguous(const Parser& parser) {
    const auto& message = parser.get();
    const auto lengths = message.count(boost::beast::http::field::content_length);
    const auto encodings = message.count(boost::beast::http::field::transfer_encoding);
    const bool odd_encoding =
        encodings == 1 && Lower(message[boost::beast::http::field::transfer_encoding]) != "chunked";
    const bool odd_length =
        message[boost::beast::http::field::content_length].find_first_not_of("0123456789") !=
        std::string_view::npos;
    const bool old_chunked = encodings > 0 && message.version() < 11;
    return lengths > 1 || encodings > 1 || (lengths > 0 && encodings > 0) || odd_encoding || odd_length ||
           old_chunked || message.count(boost::beast::http::field::host) > 1 ||
           (message.version() == 11 && message.count(boost::beast::http::field::host) == 0);
}

}  // namespace notify
