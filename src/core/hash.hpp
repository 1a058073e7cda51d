#pragma once

// SHA-256, HMAC-SHA-256 and MD5 over OpenSSL.

#include <memory>
#include <string>
#include <string_view>

namespace notify {

/// 64 lower-case hexadecimal digits of the SHA-256 of `bytes`.
[[nodiscard]] std::string Sha256Hex(std::string_view bytes);

/// The 32 raw bytes of HMAC-SHA-256.
[[nodiscard]] std::string HmacSha256(std::string_view key, std::string_view message);

/// 32 lower-case hexadecimal digits of the MD5 of `bytes`: a checksum of protocols that have no better one;
/// nothing is safe by it.
[[nodiscard]] std::string Md5Hex(std::string_view bytes);

/// Equal without telling by its duration where two texts differ.
[[nodiscard]] bool EqualInConstantTime(std::string_view a, std::string_view b) noexcept;

/// SHA-256 of bytes that come in pieces. Not thread-safe.
class Sha256 final {
public:
    Sha256();
    ~Sha256();
    Sha256(Sha256&&) noexcept;
    Sha256& operator=(Sha256&&) noexcept;
    Sha256(const Sha256&) = delete;
    Sha256& operator=(const Sha256&) = delete;

    void Add(std::string_view bytes);

    /// 64 hexadecimal digits of all that was added; call once.
    [[nodiscard]] std::string FinishHex();

private:
    struct Deleter {
        void operator()(void* context) const noexcept;
    };

    std::unique_ptr<void, Deleter> context_;
};

}  // namespace notify
