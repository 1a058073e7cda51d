#pragma once

// The body of a request: read as JSON, checked against a described struct, refused with the place of the
// fault.

#include <optional>
#include <string_view>

#include "core/error.hpp"
#include "core/json.hpp"
#include "http/described.hpp"
#include "http/json_pointer.hpp"
#include "http/message.hpp"
#include "http/problem.hpp"

namespace notify {

/// 400 that points at the fault in the request's body.
[[nodiscard]] Response ProblemAt(const described::Fault& fault, std::string_view request_id);

/// Reads the body as `View` and answers with `act(view)`, or with a problem that points at the fault.
template <class View, class Act>
[[nodiscard]] Response WithBody(const Request& request, Act&& act) {
    const auto json = ParseJson(request.body);
    if (!json) {
        return Problem(json.error().Within("the request's body"), request.id);
    }
    View view;
    std::optional<described::Fault> fault;
    if (const auto repeated = RepeatedMember(request.body)) {
        fault = {.pointer = *repeated, .what = "is there twice"};
    } else {
        fault = described::FromJson(*json, view, "");
    }
    return fault ? ProblemAt(*fault, request.id) : act(view);
}

}  // namespace notify
