#include "core/secret_box.hpp"

#include <cerrno>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/types.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base64.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/hash.hpp"
#include "core/random.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr std::string_view kFileStart = "notifications-api-key-1 ";
constexpr char kFormat = 1;
constexpr std::size_t kKeyBytes = 32;
constexpr std::size_t kKeyIdBytes = 8;
constexpr std::size_t kMarkBytes = 16;
constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;
constexpr std::size_t kHeadBytes = 1 + kKeyIdBytes;

static_assert(SecretBox::kSealBytes == kHeadBytes + kNonceBytes + kTagBytes);

struct CipherDeleter {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};

using Cipher = std::unique_ptr<EVP_CIPHER_CTX, CipherDeleter>;

const unsigned char* Bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

unsigned char* Bytes(std::string& text) {
    return reinterpret_cast<unsigned char*>(text.data());
}

int Length(std::string_view text) {
    return static_cast<int>(text.size());
}

/// What is authenticated besides the ciphertext.
std::string BoundTo(std::string_view head, std::string_view purpose) {
    return std::string(head).append(purpose);
}

Result<void> CheckMode(const std::filesystem::path& path) {
    struct stat status{};
    if (::stat(path.c_str(), &status) != 0) {
        return Unexpected(SystemError(errno, fmt::format("look at key file {}", path.native())));
    }
    if ((status.st_mode & 077U) != 0) {
        return Fail(
            ErrorCode::kForbidden,
            fmt::format("key file {} may be read by others; run chmod 600 on it", path.native())
        );
    }
    return {};
}

/// Makes the file with a fresh key unless it is there: of two that try at once, one key stands for both.
Result<void> MakeKeyFile(const std::filesystem::path& path) {
    auto fresh = path;
    fresh.replace_filename(fmt::format(".{}.tmp", ToHex(RandomBytes(8))));
    const auto text = fmt::format("{}{}\n", kFileStart, ToBase64(RandomBytes(kKeyBytes)));
    if (auto written = WriteFileAtomically(fresh, text, 0600); !written) {
        return written;
    }
    const int linked = ::link(fresh.c_str(), path.c_str());
    const int number = errno;
    ::unlink(fresh.c_str());
    if (linked != 0 && number != EEXIST) {
        return Unexpected(SystemError(number, fmt::format("make key file {}", path.native())));
    }
    return SyncFolder(path.has_parent_path() ? path.parent_path() : ".");
}

}  // namespace

SecretBox::SecretBox(std::string key, std::string key_id)
    : key_(std::move(key)), key_id_(std::move(key_id)) {}

Result<SecretBox> SecretBox::Open(const std::filesystem::path& key_file, MissingKey missing) {
    auto text = ReadFile(key_file, 4096);
    if (!text && text.error().code == ErrorCode::kNotFound && missing == MissingKey::kRefuse) {
        return Fail(
            ErrorCode::kNotFound,
            fmt::format(
                "key file {} is missing, but there is a database whose secrets only it opens; put the file "
                "back "
                "from a copy, or move the database away to begin anew",
                key_file.native()
            )
        );
    }
    if (!text && text.error().code == ErrorCode::kNotFound) {
        if (auto made = MakeKeyFile(key_file); !made) {
            return Unexpected(made.error());
        }
        text = ReadFile(key_file, 4096);
    }
    const auto checked = text ? CheckMode(key_file) : Unexpected(text.error());
    if (!checked) {
        return Unexpected(checked.error());
    }
    std::string_view rest = *text;
    if (rest.starts_with(kFileStart) && rest.ends_with('\n')) {
        rest.remove_prefix(kFileStart.size());
        rest.remove_suffix(1);
        if (auto key = FromBase64(rest); key && key->size() == kKeyBytes) {
            return WithKey(std::move(*key));
        }
    }
    return Fail(ErrorCode::kInvalidArgument, fmt::format("{} is not a key file", key_file.native()));
}

Result<SecretBox> SecretBox::WithKey(std::string key) {
    if (key.size() != kKeyBytes) {
        return Fail(ErrorCode::kInvalidArgument, "a key has 32 bytes");
    }
    auto id = ToHex(HmacSha256(key, "key id").substr(0, kKeyIdBytes));
    return SecretBox(std::move(key), std::move(id));
}

std::string SecretBox::FreshKey() {
    return RandomBytes(kKeyBytes);
}

std::string SecretBox::Mark(std::string_view text, std::string_view purpose) const {
    const auto key = HmacSha256(key_, fmt::format("mark {}", purpose));
    return ToHex(HmacSha256(key, text).substr(0, kMarkBytes));
}

std::string SecretBox::Derived(std::string_view purpose) const {
    return HmacSha256(key_, fmt::format("derived {}", purpose));
}

std::string SecretBox::Seal(std::string_view clear, std::string_view purpose) const {
    std::string sealed(1, kFormat);
    sealed += *FromHex(key_id_);
    const auto bound = BoundTo(sealed, purpose);
    const auto nonce = RandomBytes(kNonceBytes);
    sealed += nonce;
    std::string body(clear.size() + kTagBytes, '\0');
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int length = 0;
    const bool done =
        cipher != nullptr &&
        EVP_EncryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key_), Bytes(nonce)) == 1 &&
        EVP_EncryptUpdate(cipher.get(), nullptr, &length, Bytes(bound), Length(bound)) == 1 &&
        EVP_EncryptUpdate(cipher.get(), Bytes(body), &length, Bytes(clear), Length(clear)) == 1 &&
        EVP_EncryptFinal_ex(cipher.get(), Bytes(body) + clear.size(), &length) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_GET_TAG, kTagBytes, Bytes(body) + clear.size()) == 1;
    if (!done) {
        std::abort();  // out of memory or a broken OpenSSL: nothing may be written in the clear
    }
    return sealed + body;
}

bool SecretBox::IsSealedByThis(std::string_view sealed) const {
    return sealed.size() >= kSealBytes && ToHex(sealed.substr(1, kKeyIdBytes)) == key_id_;
}

Result<std::string> SecretBox::Open(std::string_view sealed, std::string_view purpose) const {
    if (sealed.size() < kSealBytes || sealed.front() != kFormat) {
        return Fail(ErrorCode::kInvalidArgument, "not a sealed text");
    }
    const auto head = sealed.substr(0, kHeadBytes);
    if (const auto id = ToHex(head.substr(1)); id != key_id_) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("sealed with key {}, but the key file holds key {}", id, key_id_)
        );
    }
    const auto bound = BoundTo(head, purpose);
    const auto nonce = sealed.substr(kHeadBytes, kNonceBytes);
    const auto body =
        sealed.substr(kHeadBytes + kNonceBytes, sealed.size() - kHeadBytes - kNonceBytes - kTagBytes);
    std::string tag(sealed.substr(sealed.size() - kTagBytes));
    std::string clear(body.size(), '\0');
    const Cipher cipher(EVP_CIPHER_CTX_new());
    int length = 0;
    const bool opened =
        cipher != nullptr &&
        EVP_DecryptInit_ex(cipher.get(), EVP_aes_256_gcm(), nullptr, Bytes(key_), Bytes(nonce)) == 1 &&
        EVP_DecryptUpdate(cipher.get(), nullptr, &length, Bytes(bound), Length(bound)) == 1 &&
        EVP_DecryptUpdate(cipher.get(), Bytes(clear), &length, Bytes(body), Length(body)) == 1 &&
        EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, kTagBytes, tag.data()) == 1 &&
        EVP_DecryptFinal_ex(cipher.get(), Bytes(clear) + clear.size(), &length) == 1;
    if (!opened) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("a text sealed as {} was changed, or sealed for another purpose", purpose)
        );
    }
    return clear;
}

}  // namespace notify
