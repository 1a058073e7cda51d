#pragma once

// Result<T>: the only error channel between modules.

#include <string>
#include <utility>

#include <tl/expected.hpp>

#include "core/error.hpp"

namespace notify {

/// Either a value or the reason there is none. The only error channel between modules.
template <class T>
using Result = tl::expected<T, Error>;

using Unexpected = tl::unexpected<Error>;

/// An Unexpected built from a code and a sentence: `return Fail(ErrorCode::kNotFound, "no item itm_7")`.
[[nodiscard]] inline Unexpected Fail(ErrorCode code, std::string message) {
    return Unexpected(
        Error{.code = code, .stage = {}, .reason = {}, .retry_after = {}, .message = std::move(message)}
    );
}

}  // namespace notify
