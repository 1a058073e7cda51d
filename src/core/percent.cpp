#include "core/percent.hpp"

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/base64.hpp"

namespace notify {

std::optional<std::string> PercentDecoded(std::string_view text, bool form) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%') {
            const auto byte = FromHex(text.substr(i + 1, 2));
            if (!byte || byte->size() != 1 || byte->front() == '\0') {
                return std::nullopt;
            }
            out += *byte;
            i += 2;
        } else {
            out += form && text[i] == '+' ? ' ' : text[i];
        }
    }
    return out;
}

std::string PercentEncoded(std::string_view text) {
    constexpr std::string_view kMarks = "-._~";
    std::string encoded;
    for (const char c : text) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           kMarks.find(c) != std::string_view::npos;
        encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
    }
    return encoded;
}

}  // namespace notify
