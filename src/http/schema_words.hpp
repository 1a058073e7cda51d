#pragma once

// What the API's document says to people of the members of its types, and a body to begin with for each
// request.

#include <string_view>

#include <boost/json/object.hpp>

namespace notify {

/// Adds to the schema of `type`'s member what it means and, for a moment, its format. A member that the table
/// does not have stays as it is: a test finds it.
void DescribeMember(std::string_view type, std::string_view member, boost::json::object& schema);

/// Adds to the schema of a request's type an example that the service would take if what it names were there.
void AddExample(std::string_view type, boost::json::object& schema);

}  // namespace notify
