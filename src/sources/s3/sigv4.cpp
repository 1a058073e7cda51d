#include "sources/s3/sigv4.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/chrono.h>
#include <fmt/format.h>

#include "core/base64.hpp"
#include "core/clock.hpp"
#include "core/hash.hpp"
#include "core/http_client.hpp"

namespace notify::s3 {

namespace {

constexpr std::string_view kAlgorithm = "AWS4-HMAC-SHA256";
constexpr std::chrono::seconds kLongestLife = std::chrono::hours(7 * 24);

bool IsUnreserved(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.' || c == '_' || c == '~';
}

std::string Encode(std::string_view bytes, std::string_view kept) {
    constexpr std::string_view kDigits = "0123456789ABCDEF";
    std::string text;
    text.reserve(bytes.size() * 3 / 2);
    for (const char c : bytes) {
        if (IsUnreserved(c) || kept.find(c) != std::string_view::npos) {
            text += c;
        } else {
            const auto byte = static_cast<unsigned char>(c);
            text += '%';
            text += kDigits[byte >> 4U];
            text += kDigits[byte & 15U];
        }
    }
    return text;
}

std::string LowerCase(std::string_view text) {
    std::string lower(text);
    std::ranges::transform(lower, lower.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
    });
    return lower;
}

/// Without white space at the ends, and with one space for several in between.
std::string Trimmed(std::string_view value) {
    std::string text;
    for (const char c : value) {
        const bool space = c == ' ' || c == '\t';
        if (!space) {
            text += c;
        } else if (!text.empty() && text.back() != ' ') {
            text += ' ';
        }
    }
    if (text.ends_with(' ')) {
        text.pop_back();
    }
    return text;
}

/// "20130524T000000Z"; its first 8 characters are the day.
std::string DateTime(Timestamp time) {
    const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
    return fmt::format("{:%Y%m%dT%H%M%SZ}", fmt::gmtime(std::chrono::system_clock::to_time_t(seconds)));
}

struct SignedHeaders {
    std::string names;  ///< "host;x-amz-date"
    std::string lines;  ///< "host:example\nx-amz-date:…\n"
};

SignedHeaders Canonical(const HttpHeaders& headers, std::string_view host) {
    std::map<std::string, std::string> sorted{{"host", std::string(host)}};
    for (const auto& [name, value] : headers) {
        auto [at, added] = sorted.try_emplace(LowerCase(name), Trimmed(value));
        if (!added) {
            at->second += "," + Trimmed(value);
        }
    }
    SignedHeaders made;
    for (const auto& [name, value] : sorted) {
        made.names += (made.names.empty() ? "" : ";") + name;
        made.lines += fmt::format("{}:{}\n", name, value);
    }
    return made;
}

std::string ScopeText(const SigningScope& scope, std::string_view day) {
    return fmt::format("{}/{}/{}/aws4_request", day, scope.region, scope.service);
}

std::string Signature(
    const SigningRequest& request,
    const SignedHeaders& headers,
    const Credentials& credentials,
    const SigningScope& scope
) {
    const auto canonical = fmt::format(
        "{}\n{}\n{}\n{}\n{}\n{}",
        request.method,
        scope.form == SigningForm::kS3 ? request.path : EncodePath(request.path),
        CanonicalQuery(request.query),
        headers.lines,
        headers.names,
        request.payload_hash
    );
    const auto time = DateTime(scope.time);
    const auto day = std::string_view(time).substr(0, 8);
    const auto text =
        fmt::format("{}\n{}\n{}\n{}", kAlgorithm, time, ScopeText(scope, day), Sha256Hex(canonical));
    auto key = HmacSha256("AWS4" + credentials.secret_key, day);
    key = HmacSha256(key, scope.region);
    key = HmacSha256(key, scope.service);
    key = HmacSha256(key, "aws4_request");
    return ToHex(HmacSha256(key, text));
}

}  // namespace

std::string EncodeComponent(std::string_view bytes) {
    return Encode(bytes, "");
}

std::string EncodePath(std::string_view bytes) {
    return Encode(bytes, "/");
}

std::string CanonicalQuery(const Query& query) {
    std::vector<std::pair<std::string, std::string>> encoded;
    encoded.reserve(query.size());
    for (const auto& [name, value] : query) {
        encoded.emplace_back(EncodeComponent(name), EncodeComponent(value));
    }
    std::ranges::sort(encoded);
    std::string text;
    for (const auto& [name, value] : encoded) {
        text += fmt::format("{}{}={}", text.empty() ? "" : "&", name, value);
    }
    return text;
}

HttpHeaders SignHeaders(
    const SigningRequest& request, const Credentials& credentials, const SigningScope& scope
) {
    auto headers = request.headers;
    const auto time = DateTime(scope.time);
    if (scope.form == SigningForm::kS3) {
        headers.emplace_back("x-amz-content-sha256", request.payload_hash);
    }
    headers.emplace_back("x-amz-date", time);
    if (!credentials.session_token.empty()) {
        headers.emplace_back("x-amz-security-token", credentials.session_token);
    }
    const auto canonical = Canonical(headers, request.host);
    headers.emplace_back(
        "authorization",
        fmt::format(
            "{} Credential={}/{}, SignedHeaders={}, Signature={}",
            kAlgorithm,
            credentials.access_key,
            ScopeText(scope, std::string_view(time).substr(0, 8)),
            canonical.names,
            Signature(request, canonical, credentials, scope)
        )
    );
    return headers;
}

std::string PresignQuery(
    SigningRequest request,
    const Credentials& credentials,
    const SigningScope& scope,
    std::chrono::seconds lifetime
) {
    const auto time = DateTime(scope.time);
    const auto canonical = Canonical(request.headers, request.host);
    const auto life = std::clamp(lifetime, std::chrono::seconds(1), kLongestLife);
    request.payload_hash = kUnsignedPayload;
    auto& query = request.query;
    query.emplace_back("X-Amz-Algorithm", kAlgorithm);
    query.emplace_back(
        "X-Amz-Credential",
        fmt::format("{}/{}", credentials.access_key, ScopeText(scope, std::string_view(time).substr(0, 8)))
    );
    query.emplace_back("X-Amz-Date", time);
    query.emplace_back("X-Amz-Expires", std::to_string(life.count()));
    query.emplace_back("X-Amz-SignedHeaders", canonical.names);
    if (!credentials.session_token.empty()) {
        query.emplace_back("X-Amz-Security-Token", credentials.session_token);
    }
    const auto signature = Signature(request, canonical, credentials, scope);
    return CanonicalQuery(query) + "&X-Amz-Signature=" + signature;
}

}  // namespace notify::s3
