#include "queue/messages/body_excerpt.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/string.hpp>
#include <boost/json/value.hpp>

#include "core/base64.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "storage/key_text.hpp"

namespace notify {

namespace {

constexpr std::string_view kRemovedText = "(removed)";
constexpr int kMostLayers = 8;  // texts in texts; what is deeper is masked as text

constexpr std::array<std::string_view, 10> kSecretWords{
    "token",
    "secret",
    "password",
    "authorization",
    "cookie",
    "credential",
    "signature",
    "api_key",
    "apikey",
    "api-key"
};
constexpr std::array<std::string_view, 3> kWhollySecret{"headers", "multivalueheaders", "cookies"};

char Lower(char letter) {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

std::string Lowered(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), Lower);
    return lower;
}

bool IsSecret(std::string_view name) {
    const auto lower = Lowered(name);
    return std::ranges::any_of(kSecretWords, [&](std::string_view word) {
        return lower.find(word) != std::string::npos;
    });
}

/// Where the value begins that a secret's name at `word` is followed by; npos when it is no name of one.
std::size_t ValueBehind(std::string_view text, std::size_t word) {
    static constexpr std::string_view kOfNames =
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
    const auto end = text.find_first_not_of(kOfNames, word);
    const auto sign = end == std::string_view::npos ? end : text.find_first_not_of("\\\"' \t", end);
    return sign != std::string_view::npos && (text[sign] == ':' || text[sign] == '=')
               ? sign + 1
               : std::string_view::npos;
}

/// The text up to the value of the first secret in it.
std::string CutAtSecret(std::string_view text) {
    const auto lower = Lowered(text);
    auto first = std::string::npos;
    for (const auto word : kSecretWords) {
        for (auto at = lower.find(word); at < first; at = lower.find(word, at + 1)) {
            first = std::min(first, ValueBehind(text, at));
        }
    }
    return first == std::string::npos ? std::string(text)
                                      : std::string(text.substr(0, first)) + std::string(kRemovedText);
}

void Redact(boost::json::value& value, int layers);

/// A text that may hold JSON, plain or in base 64.
std::string RedactedText(std::string_view text, int layers) {
    if (layers == 0) {
        return CutAtSecret(text);
    }
    if (auto json = ParseJson(text); json && (json->is_structured() || json->is_string())) {
        Redact(*json, layers - 1);
        return ToJsonText(*json);
    }
    const auto bytes = FromBase64(text);
    if (!bytes || text.empty()) {
        return CutAtSecret(text);
    }
    const auto inner = RedactedText(*bytes, layers - 1);
    return inner == *bytes ? std::string(text) : ToBase64(inner);
}

void RedactMember(boost::json::key_value_pair& member, int layers) {
    auto& value = member.value();
    const auto name = Lowered(member.key());
    if (std::ranges::find(kWhollySecret, name) == kWhollySecret.end() && !IsSecret(name)) {
        Redact(value, layers);
        return;
    }
    if (!value.is_object()) {
        value = kRemovedText;
        return;
    }
    for (auto& inner : value.get_object()) {
        inner.value() = kRemovedText;
    }
}

void Redact(boost::json::value& value, int layers) {
    if (value.is_object()) {
        for (auto& member : value.get_object()) {
            RedactMember(member, layers);
        }
    } else if (value.is_array()) {
        for (auto& each : value.get_array()) {
            Redact(each, layers);
        }
    } else if (value.is_string()) {
        value = RedactedText(std::string(value.get_string()), layers);
    }
}

}  // namespace

BodyExcerpt ExcerptOf(std::string_view body) {
    auto text = RedactedText(body, kMostLayers);
    const bool is_json = ParseJson(text).has_value();
    text = is_json ? text : KeyText(text);
    if (text.size() <= kMostExcerptBytes) {
        return {.text = std::move(text), .is_whole = is_json};
    }
    auto end = kMostExcerptBytes;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) {
        --end;
    }
    text.resize(end);
    return {.text = std::move(text), .is_whole = false};
}

}  // namespace notify
