#pragma once

// IP addresses and networks as numbers, for deciding who may be connected to.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

/// An IPv4 or IPv6 address without a zone. A value type.
class IpAddress final {
public:
    /// The IPv4 address whose four bytes are `number`, most significant first.
    [[nodiscard]] static IpAddress V4(std::uint32_t number) noexcept;

    /// The IPv6 address with these bytes in network order.
    [[nodiscard]] static IpAddress V6(const std::array<std::uint8_t, 16>& bytes) noexcept;

    /// Dotted decimal with four parts, or IPv6 text without brackets and zone; nothing otherwise.
    [[nodiscard]] static std::optional<IpAddress> Parse(std::string_view text);

    [[nodiscard]] bool IsV4() const noexcept { return v4_; }

    /// 32 or 128.
    [[nodiscard]] int Bits() const noexcept { return v4_ ? 32 : 128; }

    /// Four bytes at `at` as a number: the whole of an IPv4 address at 0, a part of an IPv6 one. `at` ≤ 12.
    [[nodiscard]] std::uint32_t Word(std::size_t at) const noexcept;

    /// The first `bits` bits are those of `other`, and both are of one family.
    [[nodiscard]] bool SharesPrefix(const IpAddress& other, int bits) const noexcept;

    [[nodiscard]] std::string ToString() const;

    friend bool operator==(const IpAddress&, const IpAddress&) = default;

private:
    std::array<std::uint8_t, 16> bytes_{};
    bool v4_ = true;
};

/// "10.1.0.0/16", "fd00::/8"; an address alone is a network of one.
struct IpNetwork {
    IpAddress address;
    int prefix = 0;  ///< 0 … 32 or 128.

    /// kInvalidArgument names the text and what is allowed.
    [[nodiscard]] static Result<IpNetwork> Parse(std::string_view text);

    [[nodiscard]] bool Contains(const IpAddress& other) const noexcept {
        return address.SharesPrefix(other, prefix);
    }

    [[nodiscard]] bool IsOneAddress() const noexcept { return prefix == address.Bits(); }
};

}  // namespace notify
