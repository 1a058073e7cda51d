#include "core/random.hpp"

#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>

#include <openssl/rand.h>

namespace notify {

std::string RandomBytes(std::size_t count) {
    std::string bytes(count, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(count)) != 1) {
        std::abort();  // without randomness no id and no secret can be trusted
    }
    return bytes;
}

double RandomBetween(double low, double high) {
    const auto bytes = RandomBytes(sizeof(std::uint32_t));
    std::uint32_t value = 0;
    std::memcpy(&value, bytes.data(), sizeof(value));
    return low + (high - low) * (static_cast<double>(value) / 4294967296.0);
}

}  // namespace notify
