#pragma once

// Where the service listens, and what that means for who can reach it.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace notify {

/// True when only this machine can reach the host: 127.0.0.0/8, ::1 or "localhost".
[[nodiscard]] bool IsLoopback(std::string_view host);

/// An address that a browser on this machine can open. "All addresses" (0.0.0.0, ::) becomes loopback.
[[nodiscard]] std::string UrlOf(std::string_view scheme, std::string_view host, std::uint16_t port);

/// kUnavailable when another program listens there, kForbidden, or kInvalidArgument for an address that is
/// not of this machine. Port 0 is always free.
[[nodiscard]] Result<void> CheckPort(const std::string& host, std::uint16_t port);

}  // namespace notify
