#include "http/body.hpp"

#include <string_view>

#include <fmt/core.h>

#include "core/error.hpp"
#include "http/described.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"

namespace notify {

Response ProblemAt(const described::Fault& fault, std::string_view request_id) {
    const auto place = fault.pointer.empty() ? "the request's body" : fault.pointer + ":";
    const Error error{
        .code = ErrorCode::kInvalidArgument, .message = fmt::format("{} {}", place, fault.what)
    };
    return Problem(error, request_id, fault.pointer);
}

}  // namespace notify
