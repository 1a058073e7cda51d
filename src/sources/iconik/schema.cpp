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
        "proxy_wait_minutes": {"type": "integer", "minimum": 0, "maximum": 10080, "default": 60,
                               "description": "With auto: how long after it was made a proxy that is not uploaded whole is waited for before the original is read"},
        "media_wait_hours": {"type": "integer", "minimum": 1, "maximum": 8760, "default": 24,
                             "description": "How long an asset may be without media that can be read before it is Failed"},
        "video_file_types": {"type": "array", "description": "Media types of originals that are taken, like video/mp4; with all three lists empty every type is"},
        "audio_file_types": {"type": "array", "description": "Likewise"},
        "image_file_types": {"type": "array", "description": "Likewise"},
        "segment_type": {"type": "string", "enum": ["GENERIC", "TAG", "MARKER", "PERSON"], "default": "GENERIC",
                         "description": "Of the segments that names are written as; PERSON for people of person_map, GENERIC for others then"},
        "person_map": {"type": "object", "description": "For PERSON: a person's id (per_…) or name here, and the id of that person in Iconik"},
        "segment_track": {"type": "string", "maxLength": 200, "default": "Facial Recognition", "description": "Their track on the timeline"},
        "write_proposed": {"type": "boolean", "default": false, "description": "Whether appearances that are only proposed are written too"},
        "names_view": {"type": "string", "default": "", "description": "Id of the metadata view whose field gets the names; empty: no field does"},
        "names_field": {"type": "string", "maxLength": 200, "default": "", "description": "Name of that field"},
        "append_names": {"type": "boolean", "default": false, "description": "Whether names in the field that others wrote stay"},
        "status_field": {"type": "string", "enum": ["analyze_status", "face_recognition_status", ""], "default": "analyze_status",
                         "description": "The asset's field that says how processing stands; empty: none"},
        "jobs": {"type": "boolean", "default": true, "description": "Whether each process is a job of the asset"},
        "system_endpoint": {"type": "string", "maxLength": 2000, "default": "",
                            "description": "URL at which Iconik reaches this service, for what `iconik setup` makes"},
        "webhook_name": {"type": "string", "maxLength": 200, "default": "Notification API Webhook", "description": "Name of its webhook"},
        "action_title": {"type": "string", "maxLength": 200, "default": "Recognise faces", "description": "Title of its custom action"},
        "webhooks": {"type": "array", "description": "Ids of the webhooks that were made; their state in Iconik is watched"},
        "custom_action": {"type": "string", "default": "", "description": "Id of the custom action that was made"})json";

}  // namespace

std::string_view Schema() {
    static const std::string schema = objects::StoreSchema(kOwn);
    return schema;
}

}  // namespace notify::iconik
