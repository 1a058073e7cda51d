#pragma once

// The OpenAPI 3.1 document, made from the routes.

#include <string>
#include <vector>

#include <boost/json.hpp>

#include "http/router.hpp"

namespace notify {

/// The whole document as JSON text. The same routes give the same bytes.
[[nodiscard]] std::string OpenApiDocument(const std::vector<Route>& routes);

/// Its section "webhooks": what is sent for each type of event. Their schemas are put into `schemas`.
[[nodiscard]] boost::json::object WebhooksSection(boost::json::object& schemas);

}  // namespace notify
