#pragma once

// Parameters of a route's query and headers: one declaration for the check and for the document.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "core/result.hpp"
#include "http/message.hpp"

namespace notify {

/// A text, unless it says more of itself.
struct Parameter {
    std::string name;
    std::string description;
    std::optional<std::pair<std::int64_t, std::int64_t>> range;  ///< A whole number from … to ….
    std::vector<std::string_view> words;                         ///< One of these.
    std::string pattern;        ///< A regular expression that it matches as a whole.
    bool may_be_empty = false;  ///< Empty is as good as not given.
};

/// Every parameter of the query is known and as it says. kInvalidArgument names the one that is not.
[[nodiscard]] Result<void> CheckQuery(const Request& request, const std::vector<Parameter>& known);

/// Its JSON Schema.
[[nodiscard]] boost::json::object SchemaOf(const Parameter& parameter);

/// `limit` and `after` of a list whose cursors match `cursor`; "": its handler judges them.
[[nodiscard]] std::vector<Parameter> PageParameters(std::string_view cursor);

/// `status`, one of the six words.
[[nodiscard]] Parameter StatusParameter();

}  // namespace notify
