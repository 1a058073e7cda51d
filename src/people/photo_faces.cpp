#include "people/photo_faces.hpp"

#include <utility>

#include "core/json.hpp"
#include "people/face_tracks.hpp"

namespace notify {

namespace {

constexpr std::string_view kSchema = "face_photo/1";

Unexpected NotPhotoFaces(std::string_view what) {
    return Fail(ErrorCode::kInvalidArgument, "the faces of a photo cannot be read: " + std::string(what));
}

double NumberOf(const boost::json::object& json, std::string_view name) {
    const auto* member = json.if_contains(name);
    boost::system::error_code failed;
    const double number = member != nullptr ? member->to_number<double>(failed) : 0;
    return failed ? 0 : number;
}

Result<PhotoFace> ReadFace(
    const boost::json::value& value,
    const std::vector<Embedding>& embeddings,
    const std::function<Result<std::string>(std::string_view)>& artifact
) {
    const auto* json = value.if_object();
    const auto* box = json != nullptr ? json->if_contains("box") : nullptr;
    const auto* crop = json != nullptr ? json->if_contains("crop") : nullptr;
    if (box == nullptr || !box->is_object() || crop == nullptr || !crop->is_string()) {
        return NotPhotoFaces("a face has no box or no crop");
    }
    const double offset = NumberOf(*json, "embedding_offset");
    if (!(offset >= 0 && offset < static_cast<double>(embeddings.size()))) {
        return NotPhotoFaces("a face has no embedding");
    }
    const auto& sides = box->get_object();
    PhotoFace face{
        .box =
            {.x = NumberOf(sides, "x"),
             .y = NumberOf(sides, "y"),
             .width = NumberOf(sides, "width"),
             .height = NumberOf(sides, "height")},
        .inter_eye_px = NumberOf(*json, "inter_eye_px"),
        .score = NumberOf(*json, "score"),
        .quality = NumberOf(*json, "quality"),
        .embedding = embeddings[static_cast<std::size_t>(offset)],
        .crop = {}
    };
    return artifact(crop->get_string()).map([&](std::string bytes) {
        face.crop = std::move(bytes);
        return face;
    });
}

}  // namespace

Result<std::vector<PhotoFace>> ReadPhotoFaces(
    std::string_view document, const std::function<Result<std::string>(std::string_view)>& artifact
) {
    const auto json = ParseJson(document);
    if (!json) {
        return Unexpected(json.error());
    }
    const auto* object = json->if_object();
    const auto* schema = object != nullptr ? object->if_contains("schema") : nullptr;
    const auto* rows = object != nullptr ? object->if_contains("faces") : nullptr;
    if (schema == nullptr || !schema->is_string() || schema->get_string() != kSchema || rows == nullptr ||
        !rows->is_array()) {
        return NotPhotoFaces("it is not a document of schema face_photo/1");
    }
    const auto bytes = artifact("embeddings");
    if (!bytes) {
        return Unexpected(bytes.error());
    }
    const auto embeddings = ReadEmbeddings(*bytes);
    std::vector<PhotoFace> faces;
    for (const auto& row : rows->get_array()) {
        auto face = ReadFace(row, embeddings, artifact);
        if (!face) {
            return Unexpected(face.error());
        }
        faces.push_back(std::move(*face));
    }
    return faces;
}

}  // namespace notify
