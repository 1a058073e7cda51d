#include "core/ip_address.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

#include <arpa/inet.h>
#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

IpAddress IpAddress::V4(std::uint32_t number) noexcept {
    IpAddress address;
    for (std::size_t i = 0; i < 4; ++i) {
        address.bytes_[i] = static_cast<std::uint8_t>(number >> (24U - 8U * i));
    }
    return address;
}

IpAddress IpAddress::V6(const std::array<std::uint8_t, 16>& bytes) noexcept {
    IpAddress address;
    address.bytes_ = bytes;
    address.v4_ = false;
    return address;
}

std::optional<IpAddress> IpAddress::Parse(std::string_view text) {
    const std::string terminated(text);
    if (terminated.find(char{}) != std::string::npos) {
        return std::nullopt;
    }
    IpAddress address;
    if (::inet_pton(AF_INET, terminated.c_str(), address.bytes_.data()) == 1) {
        return address;
    }
    address.v4_ = false;
    if (::inet_pton(AF_INET6, terminated.c_str(), address.bytes_.data()) == 1) {
        return address;
    }
    return std::nullopt;
}

std::uint32_t IpAddress::Word(std::size_t at) const noexcept {
    std::uint32_t word = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        word = (word << 8U) | bytes_[at + i];
    }
    return word;
}

bool IpAddress::SharesPrefix(const IpAddress& other, int bits) const noexcept {
    if (v4_ != other.v4_) {
        return false;
    }
    const auto whole = static_cast<std::size_t>(bits) / 8U;
    if (!std::equal(
            bytes_.begin(), bytes_.begin() + static_cast<std::ptrdiff_t>(whole), other.bytes_.begin()
        )) {
        return false;
    }
    const auto rest = static_cast<unsigned>(bits) % 8U;
    return rest == 0 || (bytes_[whole] >> (8U - rest)) == (other.bytes_[whole] >> (8U - rest));
}

std::string IpAddress::ToString() const {
    std::array<char, INET6_ADDRSTRLEN> text{};
    const auto* shown = ::inet_ntop(v4_ ? AF_INET : AF_INET6, bytes_.data(), text.data(), text.size());
    return shown == nullptr ? std::string() : std::string(shown);
}

Result<IpNetwork> IpNetwork::Parse(std::string_view text) {
    const auto refuse = [&] {
        return Fail(ErrorCode::kInvalidArgument, fmt::format("'{}' is not a network like 10.1.0.0/16", text));
    };
    const auto slash = text.find('/');
    const auto address = IpAddress::Parse(text.substr(0, slash));
    if (!address) {
        return refuse();
    }
    if (slash == std::string_view::npos) {
        return IpNetwork{.address = *address, .prefix = address->Bits()};
    }
    const auto digits = text.substr(slash + 1);
    int prefix = -1;
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
    if (error != std::errc{} || end != digits.data() + digits.size() || prefix < 0 ||
        prefix > address->Bits()) {
        return refuse();
    }
    return IpNetwork{.address = *address, .prefix = prefix};
}

}  // namespace notify
