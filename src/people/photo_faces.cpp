#include "people/photo_faces.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/value.hpp>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/person.hpp"
#include "people/distance.hpp"
#include "people/document_fields.hpp"
#include "people/face_tracks.hpp"

namespace notify {

namespace {

constexpr std::string_view kSchema = "face_photo/1";

Unexpected NotPhotoFaces(std::string_view what) {
    return Fail(ErrorCode::kInvalidArgument, "the faces of a photo cannot be read: " + std::string(what));
}

constexpr double kMostPixels = 1e7;

Result<PhotoFace> ReadFace(
    const boost::json::value& value,
    const std::vector<Embedding>& embeddings,
    const std::function<Result<std::string>(std::string_view)>& artifact
) {
    DocumentFields fields(value);
    PhotoFace face;
    face.box = fields.BoxOf("box");
    face.inter_eye_px = fields.Number("inter_eye_px", 0, kMostPixels);
    face.score = fields.Number("score", 0, 1);
    face.quality = fields.Number("quality", 0, 1);
    face.sharpness = fields.Number("sharpness", 0, 1);
    const auto last = static_cast<std::int64_t>(embeddings.size()) - 1;
    const auto offset = fields.Whole("embedding_offset", 0, last);
    const auto crop = fields.Text("crop");
    if (const auto checked = fields.Check(); !checked) {
        return NotPhotoFaces("a face is not whole: " + checked.error().message);
    }
    face.embedding = embeddings[static_cast<std::size_t>(offset)];
    if (!IsEmbedding(face.embedding)) {
        return NotPhotoFaces("a face has no embedding");
    }
    return artifact(crop).map([&](std::string bytes) {
        face.crop = std::move(bytes);
        return std::move(face);
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
    DocumentFields fields(*json);
    const bool is_schema = fields.Text("schema") == kSchema;
    const auto rows = fields.List("faces");
    if (!is_schema || !fields.Check()) {
        return NotPhotoFaces("it is not a document of schema face_photo/1");
    }
    const auto bytes = artifact("embeddings");
    if (!bytes) {
        return Unexpected(bytes.error());
    }
    const auto embeddings = ReadEmbeddings(*bytes);
    std::vector<PhotoFace> faces;
    for (const auto& row : rows) {
        auto face = ReadFace(row, embeddings, artifact);
        if (!face) {
            return Unexpected(face.error());
        }
        faces.push_back(std::move(*face));
    }
    return faces;
}

}  // namespace notify
