#pragma once

// The OpenAPI 3.1 document, made from the routes.

#include <string>
#include <vector>

#include "http/router.hpp"

namespace notify {

/// The whole document as JSON text. The same routes give the same bytes.
[[nodiscard]] std::string OpenApiDocument(const std::vector<Route>& routes);

}  // namespace notify
