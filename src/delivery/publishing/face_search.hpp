#pragma once

// Who appears when, shaped like the answer of Amazon Rekognition's GetFaceSearch, for programs that read
// that: https://docs.aws.amazon.com/rekognition/latest/APIReference/API_GetFaceSearch.html.

#include <string>
#include <string_view>

#include "delivery/publishing/facts.hpp"

namespace notify {

/// How every such file begins.
inline constexpr std::string_view kFaceSearchStart = R"({"JobStatus":"SUCCEEDED","VideoMetadata":{)";

/// An element of Persons for each face that was looked at (`facts.faces`, see AddFaces), by Timestamp: its
/// Index is the face's number, its boxes are shares of the picture, FaceMatches has the person or is empty:
/// FaceId the person's id, ExternalImageId the name. What we do not know (Confidence, Landmarks, Pose, Codec)
/// is left out. One JSON document with a line break at its end.
[[nodiscard]] std::string RenderFaceSearch(const PublishedFacts& facts);

}  // namespace notify
