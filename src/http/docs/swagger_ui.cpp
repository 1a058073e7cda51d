#include "http/docs/swagger_ui.hpp"

#include <string_view>

// the assembler puts the files into the read-only data; SWAGGER_UI is the folder script/bootstrap unpacked
asm(".section .rodata\n"
    "notify_swagger_css:\n.incbin \"" SWAGGER_UI
    "/swagger-ui.css\"\nnotify_swagger_css_end:\n"
    "notify_swagger_js:\n.incbin \"" SWAGGER_UI
    "/swagger-ui-bundle.js\"\nnotify_swagger_js_end:\n"
    ".global notify_swagger_css, notify_swagger_css_end, notify_swagger_js, notify_swagger_js_end\n"
    ".previous\n");

extern "C" {
extern const char notify_swagger_css[];      // NOLINT
extern const char notify_swagger_css_end[];  // NOLINT
extern const char notify_swagger_js[];       // NOLINT
extern const char notify_swagger_js_end[];   // NOLINT
}

namespace notify::docs {

File Find(std::string_view name) {
    if (name == "swagger-ui.css") {
        return {.type = "text/css", .bytes = {notify_swagger_css, notify_swagger_css_end}};
    }
    if (name == "swagger-ui-bundle.js") {
        return {.type = "text/javascript", .bytes = {notify_swagger_js, notify_swagger_js_end}};
    }
    return name == "init.js" ? File{.type = "text/javascript", .bytes = kInit} : File{};
}

}  // namespace notify::docs
