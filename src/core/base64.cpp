#include "core/base64.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <openssl/evp.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

int HexValue(char digit) {
    if (digit >= '0' && digit <= '9') {
        return digit - '0';
    }
    const auto lower = static_cast<char>(static_cast<unsigned char>(digit) | 0x20U);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

}  // namespace

std::string ToBase64(std::string_view bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int length = EVP_EncodeBlock(
        reinterpret_cast<unsigned char*>(text.data()),
        reinterpret_cast<const unsigned char*>(bytes.data()),
        static_cast<int>(bytes.size())
    );
    text.resize(static_cast<std::size_t>(length));
    return text;
}

Result<std::string> FromBase64(std::string_view text) {
    static constexpr std::string_view kAlphabet =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
    // OpenSSL skips space around the text and takes padding within it for zeros
    const bool plain =
        text.substr(0, text.size() - padding).find_first_not_of(kAlphabet) == std::string_view::npos;
    std::string bytes(text.size() / 4 * 3 + 1, '\0');
    const int length = text.size() % 4 != 0 || !plain
                           ? -1
                           : EVP_DecodeBlock(
                                 reinterpret_cast<unsigned char*>(bytes.data()),
                                 reinterpret_cast<const unsigned char*>(text.data()),
                                 static_cast<int>(text.size())
                             );
    if (length < 0) {
        return Fail(ErrorCode::kInvalidArgument, "text is not base 64");
    }
    bytes.resize(static_cast<std::size_t>(length) - padding);
    return bytes;
}

std::string ToHex(std::string_view bytes) {
    static constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text;
    text.reserve(bytes.size() * 2);
    for (const char byte : bytes) {
        const auto value = static_cast<unsigned char>(byte);
        text.push_back(kDigits[value >> 4U]);
        text.push_back(kDigits[value & 15U]);
    }
    return text;
}

Result<std::string> FromHex(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size() / 2);
    for (std::size_t i = 0; i + 1 < text.size(); i += 2) {
        const int high = HexValue(text[i]);
        const int low = HexValue(text[i + 1]);
        if (high < 0 || low < 0) {
            break;
        }
        bytes.push_back(static_cast<char>(high * 16 + low));
    }
    if (bytes.size() * 2 != text.size()) {
        return Fail(ErrorCode::kInvalidArgument, "text is not hexadecimal");
    }
    return bytes;
}

}  // namespace notify
