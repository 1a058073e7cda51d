// The list of processors: one entry each.

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string>
#include <string_view>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"
#include "processors/kind.hpp"

namespace notify {

namespace {

constexpr std::array<std::string_view, 1> kEverything{""};
constexpr std::array<std::string_view, 2> kPictures{"video/", "image/"};
constexpr std::array<std::string_view, 4> kDocuments{
    "application/pdf", "image/jpeg", "image/png", "image/tiff"
};
constexpr std::array<std::string_view, 1> kStills{"image/"};

constexpr std::string_view kNoConfig =
    R"json({"type":"object","properties":{},"additionalProperties":false})json";

constexpr std::string_view kFaceConfig = R"json({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "fps": {"type": "number", "minimum": 0.2, "maximum": 30, "default": 5,
      "description": "Frames a second that are looked at; frames after cuts come on top."},
    "long_side": {"type": "integer", "minimum": 320, "maximum": 1920, "default": 640,
      "description": "Size of the picture in which faces are looked for. Larger finds smaller faces and costs more."},
    "min_face_px": {"type": "integer", "minimum": 12, "maximum": 500, "default": 24,
      "description": "Smallest face, in pixels of that picture."},
    "detection_threshold": {"type": "number", "minimum": 0.3, "maximum": 0.95, "default": 0.6,
      "description": "How sure the detector must be."},
    "shots": {"type": "integer", "minimum": 1, "maximum": 8, "default": 5,
      "description": "Best pictures kept of each face track."},
    "least_visible_s": {"type": "number", "minimum": 0, "maximum": 3600, "default": 0,
      "description": "Faces of a video that are seen for less than this many seconds in all are left out, unless least_visible_share says otherwise."},
    "least_visible_share": {"type": "number", "minimum": 0, "maximum": 1, "default": 0,
      "description": "A face that is seen for this share of the video is kept however short that is; 0: none is."},
    "decode_threads": {"type": "integer", "minimum": 1, "maximum": 4, "default": 1,
      "description": "Threads of the decoder."},
    "thumbnails": {"type": "boolean", "default": true,
      "description": "Keep a picture of each face track, encrypted."}
  }
})json";

constexpr std::string_view kDocumentConfig = R"json({
  "type": "object",
  "additionalProperties": false,
  "properties": {
    "first_page": {"type": "integer", "minimum": 1, "maximum": 100000, "default": 1,
      "description": "The first page that is read."},
    "last_page": {"type": "integer", "minimum": 0, "maximum": 100000, "default": 0,
      "description": "The last page that is read; 0 for the last one there is."},
    "images": {"type": "boolean", "default": true,
      "description": "Cut out pictures and drawings."},
    "ocr": {"type": "string", "enum": ["off", "auto", "always"], "default": "off",
      "description": "Read pages that are pictures: auto those without text, always all of them; pictures are items only then."},
    "languages": {"type": "string", "default": "eng",
      "description": "Languages of OCR as tesseract names them, with + between: eng+deu."},
    "password": {"type": "string", "default": "", "writeOnly": true,
      "description": "Opens documents that are encrypted with it. Kept sealed, and never shown."},
    "page_separators": {"type": "boolean", "default": false,
      "description": "Begin each page with a comment that tells its number."}
  }
})json";

/// dlib_face_recognition_resnet_model_v1.dat: the only contents that inference/face_models.cpp loads.
constexpr std::string_view kFaceEmbedder = "55533b28a95800a551ba546ba62fe69625c7e95a7061c338adffead08719da30";

constexpr std::array kKinds{
    ProcessorKind{
        .name = "checksum",
        .version = "1",
        .title = "Checksum",
        .description = "SHA-256, size and media type of the bytes: fixity for archives.",
        .media_types = kEverything,
        .config_schema = kNoConfig,
        .result_kind = "checksum",
    },
    ProcessorKind{
        .name = "document-markdown",
        .version = "1",
        .title = "Document to Markdown",
        .description =
            "Text of a PDF as Markdown: columns, headings, lists, tables, code; pictures beside it.",
        .media_types = kDocuments,
        .config_schema = kDocumentConfig,
        .result_kind = "document_markdown",
    },
    ProcessorKind{
        .name = "facial-recognition",
        .version = "2",
        .title = "Facial recognition",
        .description = "Finds and follows faces; people who are enrolled get their names, with times.",
        .media_types = kPictures,
        .config_schema = kFaceConfig,
        .result_kind = "face_tracks",
        .embedding_model = kFaceEmbedder,
        .needs_models = true,
        .biometric = true,
    },
    ProcessorKind{
        .name = "face-photo",
        .version = "2",
        .title = "Faces of one photo",
        .description = "All faces of an enrolment photo.",
        .media_types = kStills,
        .config_schema = kNoConfig,
        .result_kind = "face_photo",
        .embedding_model = kFaceEmbedder,
        .needs_models = true,
        .biometric = true,
        .internal = true,
    },
};

/// "FacialRecognition" and "facial_recognition" as "facial-recognition".
std::string Hyphenated(std::string_view name) {
    std::string text;
    for (const char c : name) {
        if (std::isupper(static_cast<unsigned char>(c)) != 0 && !text.empty() && text.back() != '-') {
            text += '-';
        }
        text += c == '_' || c == ' ' ? '-' : static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    }
    return text;
}

}  // namespace

std::span<const ProcessorKind> ProcessorKinds() {
    return kKinds;
}

Result<const ProcessorKind*> FindProcessorKind(std::string_view name) {
    const auto* const found = std::ranges::find(kKinds, Hyphenated(name), &ProcessorKind::name);
    if (found != kKinds.end()) {
        return found;
    }
    std::string names;
    for (const auto& kind : kKinds) {
        if (!kind.internal) {
            names += names.empty() ? "" : ", ";
            names += kind.name;
        }
    }
    return Fail(
        ErrorCode::kInvalidArgument, fmt::format("there is no processor '{}'; there are: {}", name, names)
    );
}

bool Accepts(const ProcessorKind& kind, std::string_view media_type) {
    return std::ranges::any_of(kind.media_types, [&](std::string_view prefix) {
        return media_type.starts_with(prefix);
    });
}

}  // namespace notify
