#include "sources/iconik/schema.hpp"

#include <string>
#include <string_view>

#include "sources/objects/store_schema.hpp"

namespace notify::iconik {

namespace {

constexpr std::string_view kOwn = R"json(
        "endpoint": {"type": "string", "description": "Where Iconik is: https://app.iconik.io, https://eu.iconik.io or a host of your own"},
        "media": {"type": "string", "enum": ["auto", "proxy", "original"], "default": "auto",
                  "description": "What is read of an asset: the smallest proxy that has enough lines, else the original; only such a proxy; or the original"},
        "min_lines": {"type": "integer", "minimum": 1, "maximum": 10000, "default": 540, "description": "Lines a proxy must have to be read"},
        "media_wait_hours": {"type": "integer", "minimum": 1, "maximum": 8760, "default": 24,
                             "description": "How long an asset may be without media that can be read before it is Failed"},
        "video_file_types": {"type": "array", "description": "Media types of originals that are taken, like video/mp4; with all three lists empty every type is"},
        "audio_file_types": {"type": "array", "description": "Likewise"},
        "image_file_types": {"type": "array", "description": "Likewise"})json";

}  // namespace

std::string_view Schema() {
    static const std::string schema = objects::StoreSchema(kOwn);
    return schema;
}

}  // namespace notify::iconik
