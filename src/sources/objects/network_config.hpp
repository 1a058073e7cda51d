#pragma once

// How a source gets to its store: the part of a configuration that every kind with a network has.

#include <string_view>

#include <boost/json/object.hpp>

#include "core/http_client.hpp"
#include "core/result.hpp"

namespace notify::objects {

/// The properties of that part in a JSON Schema, as the text between the braces of an object.
[[nodiscard]] std::string_view NetworkProperties();

/// Reads that part (the kind's schema was checked). kInvalidArgument with a JSON pointer: no URL, a name or
/// password in one, files that cannot be read, credentials that are not named by settings.
[[nodiscard]] Result<HttpClientSettings> ReadNetwork(const boost::json::object& config);

}  // namespace notify::objects
