#pragma once

// How a command asks the API: over the control socket when the service runs, else in its own process.

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "app/api_call.hpp"
#include "app/settings.hpp"
#include "core/percent.hpp"  // IWYU pragma: export
#include "core/result.hpp"

namespace notify {

/// Opens the service's parts in this process, without starting them, and answers calls. Made only when
/// needed.
using OpenLocally = std::function<Result<ApiDispatch>()>;

class ApiClient final {
public:
    ApiClient(const Settings& settings, OpenLocally open_locally)
        : settings_(settings), open_locally_(std::move(open_locally)) {}

    /// The answer's JSON. A refusal (status 400 or more) becomes an error with the problem's sentence; where
    /// that points into the request's body, what a person gave on the command line is named instead.
    [[nodiscard]] Result<boost::json::value> Call(
        std::string_view method, std::string_view target, const boost::json::value& body = nullptr
    );

    /// All rows of a list that is given in pages, as one answer. A refusal as of Call.
    [[nodiscard]] Result<boost::json::value> List(std::string_view target);

    /// The bytes of an answer that is no JSON: an artifact, a gallery. A refusal as of Call.
    [[nodiscard]] Result<std::string> Fetch(
        std::string_view method, std::string_view target, const boost::json::value& body = nullptr
    );

private:
    [[nodiscard]] Result<ApiAnswer> Send(const ApiCall& call);

    const Settings& settings_;
    OpenLocally open_locally_;
    ApiDispatch local_;
};

}  // namespace notify
