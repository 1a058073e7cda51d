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

/// The filter looks into paths, summaries and descriptions: old names stand in those.
inline constexpr std::string_view kInit = R"js(const opsFilter = (tags, phrase) => {
  const wanted = phrase.toLowerCase();
  const text = each => [each.get("path"), each.getIn(["operation", "summary"]), each.getIn(["operation", "description"])].join(" ");
  return tags
    .map((tag, name) => name.toLowerCase().includes(wanted) ? tag
      : tag.set("operations", tag.get("operations").filter(each => text(each).toLowerCase().includes(wanted))))
    .filter(tag => tag.get("operations").size > 0);
};
window.ui = SwaggerUIBundle({
  url: "/openapi.json", dom_id: "#docs", deepLinking: true, filter: true, tryItOutEnabled: true,
  validatorUrl: null, persistAuthorization: false, docExpansion: "list", plugins: [() => ({fn: {opsFilter}})]
});
)js";

}  // namespace notify::docs
