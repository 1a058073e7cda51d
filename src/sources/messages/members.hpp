#pragma once

// Members of JSON objects that other systems write: their names are found in lower and upper case.

#include <string>
#include <string_view>

#include <boost/json.hpp>

#include "core/result.hpp"

namespace notify::messages {

/// Equal but for the case of ASCII letters.
[[nodiscard]] bool SameWord(std::string_view a, std::string_view b) noexcept;

/// The member of that name, else the first whose name differs in case only; null when there is none, or null
/// is its value.
[[nodiscard]] const boost::json::value* Member(const boost::json::object& json, std::string_view name);

/// The text of a member; "" when it is none.
[[nodiscard]] std::string Text(const boost::json::object& json, std::string_view name);

/// The object at a member; an empty one when it is none.
[[nodiscard]] const boost::json::object& Inner(const boost::json::object& json, std::string_view name);

/// True for a text that can name something in a store: not empty, and no zero byte in it.
[[nodiscard]] bool IsName(std::string_view text) noexcept;

/// kInvalidArgument with that reason.
[[nodiscard]] Unexpected NotUnderstood(std::string_view reason, std::string sentence);

}  // namespace notify::messages
