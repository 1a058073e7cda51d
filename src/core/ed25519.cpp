#include "core/ed25519.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/evp.h>
#include <openssl/types.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr std::size_t kSignatureBytes = 64;
constexpr std::size_t kPublicBytes = 32;

struct Free {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }

    void operator()(EVP_MD_CTX* context) const noexcept { EVP_MD_CTX_free(context); }
};

using Key = std::unique_ptr<EVP_PKEY, Free>;
using Digest = std::unique_ptr<EVP_MD_CTX, Free>;

const unsigned char* Bytes(std::string_view text) {
    return reinterpret_cast<const unsigned char*>(text.data());
}

Key Private(const std::string& seed) {
    return Key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, Bytes(seed), seed.size()));
}

}  // namespace

Result<std::string> Ed25519Key::Sign(std::string_view text) const {
    const Key key = Private(seed_);
    const Digest digest(EVP_MD_CTX_new());
    std::string signature(kSignatureBytes, '\0');
    std::size_t length = signature.size();
    const bool done = key != nullptr && digest != nullptr &&
                      EVP_DigestSignInit(digest.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
                      EVP_DigestSign(
                          digest.get(),
                          reinterpret_cast<unsigned char*>(signature.data()),
                          &length,
                          Bytes(text),
                          text.size()
                      ) == 1 &&
                      length == kSignatureBytes;
    return done ? Result<std::string>(std::move(signature))
                : Fail(ErrorCode::kInternal, "a text could not be signed");
}

Result<std::string> Ed25519Key::PublicKey() const {
    const Key key = Private(seed_);
    std::string bytes(kPublicBytes, '\0');
    std::size_t length = bytes.size();
    const bool done =
        key != nullptr &&
        EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(bytes.data()), &length) == 1;
    return done ? Result<std::string>(std::move(bytes))
                : Fail(ErrorCode::kInternal, "a public key could not be made");
}

bool IsSignedBy(std::string_view public_key, std::string_view text, std::string_view signature) {
    const Key key(
        EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, Bytes(public_key), public_key.size())
    );
    const Digest digest(EVP_MD_CTX_new());
    return key != nullptr && digest != nullptr &&
           EVP_DigestVerifyInit(digest.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
           EVP_DigestVerify(digest.get(), Bytes(signature), signature.size(), Bytes(text), text.size()) == 1;
}

}  // namespace notify
