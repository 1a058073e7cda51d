#include "core/secret_box.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <utility>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <sys/stat.h>

#include "core/base64.hpp"
#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/random.hpp"

namespace notify {

namespace {

constexpr char kFormat = 1;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kIdBytes = 8;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeadBytes = 1 + kIdBytes + kNonceBytes;

struct FreeCipher {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

using CipherPtr = std::unique_ptr<EVP_CIPHER_CTX, FreeCipher>;

unsigned char* Raw(std::string& bytes, std::size_t offset = 0) {
    return reinterpret_cast<unsigned char*>(bytes.data() + offset);
}

const unsigned char* Raw(std::string_view bytes, std::size_t offset = 0) {
    return reinterpret_cast<const unsigned char*>(bytes.data() + offset);
}

/// The key's name: the first bytes of a digest of it, which tells nothing of the key.
std::string IdOf(const std::string& key) {
    return Sha256Hex("notifications-api key id\n" + key).substr(0, 2 * kIdBytes);
}

Result<void> CheckMode(const std::filesystem::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 077U) != 0) {
        return Fail(
            ErrorCode::kForbidden,
            fmt::format("others may read the key file {}; run chmod 600 on it", path.native())
        );
    }
    return {};
}

}  // namespace

SecretBox::SecretBox(std::string key, std::string key_id)
    : key_(std::move(key)), key_id_(std::move(key_id)) {}

Result<SecretBox> SecretBox::Open(const std::filesystem::path& key_file) {
    auto text = ReadFile(key_file, 4096);
    if (!text && text.error().code == ErrorCode::kNotFound) {
        text = ToHex(RandomBytes(kKeyBytes)) + "\n";
        if (auto written = WriteFileAtomically(key_file, *text, 0600); !written) {
            return Unexpected(written.error());
        }
    }
    if (!text) {
        return Unexpected(text.error());
    }
    if (auto mode = CheckMode(key_file); !mode) {
        return Unexpected(mode.error());
    }
    auto key = FromHex(std::string_view(*text).substr(0, text->find_last_not_of(" \r\n") + 1));
    if (!key || key->size() != kKeyBytes) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "{} is no key file: it must hold {} hexadecimal digits", key_file.native(), 2 * kKeyBytes
            )
        );
    }
    auto id = IdOf(*key);
    return SecretBox(std::move(*key), std::move(id));
}

std::string SecretBox::Seal(std::string_view clear, std::string_view purpose) const {
    std::string sealed(1, kFormat);
    sealed += FromHex(key_id_).value_or(std::string(kIdBytes, '\0'));
    sealed += RandomBytes(kNonceBytes);
    sealed.resize(kHeadBytes + clear.size() + kTagBytes);
    const CipherPtr cipher(EVP_CIPHER_CTX_new());
    int length = 0;
    EVP_EncryptInit_ex(
        cipher.get(), EVP_aes_256_gcm(), nullptr, Raw(std::string_view(key_)), Raw(sealed, 1 + kIdBytes)
    );
    EVP_EncryptUpdate(cipher.get(), nullptr, &length, Raw(purpose), static_cast<int>(purpose.size()));
    EVP_EncryptUpdate(
        cipher.get(), Raw(sealed, kHeadBytes), &length, Raw(clear), static_cast<int>(clear.size())
    );
    EVP_EncryptFinal_ex(cipher.get(), Raw(sealed, kHeadBytes + clear.size()), &length);
    EVP_CIPHER_CTX_ctrl(
        cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, Raw(sealed, kHeadBytes + clear.size())
    );
    return sealed;
}

Result<std::string> SecretBox::Open(std::string_view sealed, std::string_view purpose) const {
    if (sealed.size() < kHeadBytes + kTagBytes || sealed.front() != kFormat) {
        return Fail(ErrorCode::kInvalidArgument, "this is no sealed text");
    }
    const auto id = ToHex(sealed.substr(1, kIdBytes));
    if (id != key_id_) {
        return Fail(
            ErrorCode::kInvalidArgument, fmt::format("sealed with key {}, the key here is {}", id, key_id_)
        );
    }
    const auto body = sealed.substr(kHeadBytes, sealed.size() - kHeadBytes - kTagBytes);
    std::string tag(sealed.substr(sealed.size() - kTagBytes));
    std::string clear(body.size(), '\0');
    const CipherPtr cipher(EVP_CIPHER_CTX_new());
    int length = 0;
    EVP_DecryptInit_ex(
        cipher.get(), EVP_aes_256_gcm(), nullptr, Raw(std::string_view(key_)), Raw(sealed, 1 + kIdBytes)
    );
    EVP_DecryptUpdate(cipher.get(), nullptr, &length, Raw(purpose), static_cast<int>(purpose.size()));
    EVP_DecryptUpdate(cipher.get(), Raw(clear), &length, Raw(body), static_cast<int>(body.size()));
    EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, Raw(tag));
    if (EVP_DecryptFinal_ex(cipher.get(), Raw(clear, clear.size()), &length) != 1) {
        return Fail(
            ErrorCode::kInvalidArgument, "a sealed text was changed, or was sealed for another purpose"
        );
    }
    return clear;
}

}  // namespace notify
