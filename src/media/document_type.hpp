#pragma once

// The media type of bytes that are no audio, picture or video, so that rules can choose documents.

#include <cstddef>
#include <string_view>

namespace notify {

/// How many bytes from the beginning TypeOfDocument wants to see.
inline constexpr std::size_t kDocumentStartBytes = 8192;

/// The type of what nobody knows (RFC 2046, section 4.5.1).
inline constexpr std::string_view kUnknownDocumentType = "application/octet-stream";

/// The registered type (IANA) that a file's first bytes name: PDF, Office Open XML, OpenDocument, RTF,
/// PostScript, SVG, HTML, XML, ZIP, gzip, plain UTF-8 text. kUnknownDocumentType for everything else and for
/// no bytes.
[[nodiscard]] std::string_view TypeOfDocument(std::string_view start) noexcept;

}  // namespace notify
