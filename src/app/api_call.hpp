#pragma once

// A request to the API without a network: what the command line sends, over the control socket or in its own
// process.

#include <functional>
#include <string>

#include "core/result.hpp"

namespace notify {

struct ApiCall {
    std::string method;  ///< "GET", "POST", ….
    std::string target;  ///< "/v1/items?status=Failed".
    std::string body;    ///< JSON, or empty.
};

struct ApiAnswer {
    int status = 0;
    std::string body;  ///< JSON; a problem document (RFC 9457) when the status is 400 or more.
};

/// Answers one call with the rights of the service's owner. Thread-safe.
using ApiDispatch = std::function<Result<ApiAnswer>(const ApiCall&)>;

}  // namespace notify
