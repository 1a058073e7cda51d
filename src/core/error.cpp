#include "core/error.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

#include <fmt/format.h>

namespace notify {

std::string_view ToString(ErrorCode code) noexcept {
    switch (code) {
        case ErrorCode::kInvalidArgument:
            return "invalid_argument";
        case ErrorCode::kUnauthenticated:
            return "unauthenticated";
        case ErrorCode::kForbidden:
            return "forbidden";
        case ErrorCode::kNotFound:
            return "not_found";
        case ErrorCode::kConflict:
            return "conflict";
        case ErrorCode::kTooLarge:
            return "too_large";
        case ErrorCode::kUnsupported:
            return "unsupported";
        case ErrorCode::kThrottled:
            return "throttled";
        case ErrorCode::kUnavailable:
            return "unavailable";
        case ErrorCode::kStorageFull:
            return "storage_full";
        case ErrorCode::kCancelled:
            return "cancelled";
        case ErrorCode::kStopped:
            return "stopped";
        case ErrorCode::kInternal:
            return "internal";
    }
    return "internal";
}

std::optional<ErrorCode> ErrorCodeFrom(std::string_view text) noexcept {
    for (auto code = ErrorCode::kInvalidArgument; code <= ErrorCode::kInternal;
         code = static_cast<ErrorCode>(static_cast<std::uint8_t>(code) + 1)) {
        if (ToString(code) == text) {
            return code;
        }
    }
    return std::nullopt;
}

Error Error::Within(std::string_view context) const {
    Error outer = *this;
    outer.message = fmt::format("{}: {}", context, message);
    return outer;
}

}  // namespace notify
