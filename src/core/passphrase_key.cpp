#include "core/passphrase_key.hpp"

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include <openssl/evp.h>

namespace notify {

namespace {

constexpr std::size_t kKeyBytes = 32;
constexpr std::uint64_t kCost = 1U << 15U;
constexpr std::uint64_t kBlocks = 8;
constexpr std::uint64_t kLanes = 3;
constexpr std::uint64_t kMostMemory = 64U << 20U;

}  // namespace

std::string PassphraseKey(std::string_view passphrase, std::string_view salt) {
    std::string key(kKeyBytes, '\0');
    const bool done = EVP_PBE_scrypt(
                          passphrase.data(),
                          passphrase.size(),
                          reinterpret_cast<const unsigned char*>(salt.data()),
                          salt.size(),
                          kCost,
                          kBlocks,
                          kLanes,
                          kMostMemory,
                          reinterpret_cast<unsigned char*>(key.data()),
                          key.size()
                      ) == 1;
    if (!done) {
        std::abort();  // out of memory or a broken OpenSSL: nothing may be sealed with a weaker key
    }
    return key;
}

}  // namespace notify
