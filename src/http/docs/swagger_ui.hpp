#pragma once

// Swagger UI from its pinned npm package, as part of the program: /docs works offline.

#include <string_view>

namespace notify::docs {

struct File {
    std::string_view type;   ///< Content-Type.
    std::string_view bytes;  ///< Empty when there is no such file.
};

/// "swagger-ui.css", "swagger-ui-bundle.js" or "init.js".
[[nodiscard]] File Find(std::string_view name);

/// The page itself. No script is inline: the content security policy forbids it.
inline constexpr std::string_view kIndex = R"html(<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Notifications API</title>
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="docs"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/init.js"></script>
</body>
</html>
)html";

inline constexpr std::string_view kInit = R"js(window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true, filter: true, tryItOutEnabled: true,
  validatorUrl: null, persistAuthorization: false, docExpansion: "list"
});
)js";

}  // namespace notify::docs
