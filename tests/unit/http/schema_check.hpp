#pragma once

// A small JSON Schema validator: just what our document uses, and strict where it must be.

#include <string>
#include <vector>

#include <boost/json.hpp>

namespace notify::testing {

/// What in `given` is not as `schema` says, each with its pointer; `document` resolves $ref. A member that
/// the schema does not name is a fault, and so is a word of JSON Schema that this checker does not know.
[[nodiscard]] std::vector<std::string> SchemaFaults(
    const boost::json::object& document,
    const boost::json::value& schema,
    const boost::json::value& given,
    const std::string& pointer = {}
);

/// The part of the document that "#/components/schemas/Item" names; null when there is none.
[[nodiscard]] const boost::json::value* Resolve(
    const boost::json::object& document, std::string_view reference
);

}  // namespace notify::testing
