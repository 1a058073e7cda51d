#include "media/document_type.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <utility>

namespace notify {

namespace {

using Sign = std::pair<std::string_view, std::string_view>;

constexpr std::array<Sign, 5> kBegins{
    {{"{\\rtf", "application/rtf"},
     {"%!PS", "application/postscript"},
     {"\x1F\x8B\x08", "application/gzip"},
     {"\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1", "application/x-ole-storage"},
     {"%PDF-", "application/pdf"}}
};

/// Names of entries that tell an Office Open XML package (ECMA-376 part 2) from another ZIP.
constexpr std::array<Sign, 3> kOfficeFolders{
    {{"word/", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
     {"xl/", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
     {"ppt/", "application/vnd.openxmlformats-officedocument.presentationml.presentation"}}
};

constexpr std::array<std::string_view, 9> kOpenDocuments{
    "application/vnd.oasis.opendocument.text",
    "application/vnd.oasis.opendocument.spreadsheet",
    "application/vnd.oasis.opendocument.presentation",
    "application/vnd.oasis.opendocument.graphics",
    "application/vnd.oasis.opendocument.chart",
    "application/vnd.oasis.opendocument.formula",
    "application/vnd.oasis.opendocument.image",
    "application/vnd.oasis.opendocument.database",
    "application/epub+zip",
};

bool Holds(std::string_view start, std::string_view word) noexcept {
    return start.find(word) != std::string_view::npos;
}

std::string_view TypeOfZip(std::string_view start) noexcept {
    // an OpenDocument or EPUB package begins with the stored entry "mimetype" (ODF 1.2 part 3, 3.3)
    constexpr std::size_t kFirstName = 30;
    constexpr std::string_view kMimetype = "mimetype";
    start.remove_prefix(std::min(kFirstName, start.size()));
    if (start.starts_with(kMimetype)) {
        start.remove_prefix(kMimetype.size());
        const auto* const found = std::ranges::find_if(kOpenDocuments, [&](std::string_view type) {
            // of two types one begins as the other: "text" and "text-template"
            return start.starts_with(type) && (start.size() == type.size() || start[type.size()] != '-');
        });
        return found == kOpenDocuments.end() ? "application/zip" : *found;
    }
    if (Holds(start, "[Content_Types].xml") || start.starts_with("_rels/")) {
        for (const auto& [folder, type] : kOfficeFolders) {
            if (Holds(start, folder)) {
                return type;
            }
        }
    }
    return "application/zip";
}

constexpr std::size_t kNoLead = 4;

/// How many bytes follow the first one of a character (RFC 3629, 4); kNoLead for what none begins with.
std::size_t FollowersOf(unsigned char lead) noexcept {
    if (lead < 0x80) {
        return 0;
    }
    if (lead < 0xC2 || lead >= 0xF5) {
        return kNoLead;
    }
    return lead < 0xE0 ? 1 : lead < 0xF0 ? 2 : 3;
}

/// Well-formed UTF-8 (RFC 3629, 4) without control characters; the last character may be cut.
bool IsText(std::string_view start) noexcept {
    for (std::size_t at = 0; at < start.size();) {
        const auto lead = static_cast<unsigned char>(start[at]);
        const bool control = lead < 0x20 && lead != '\t' && lead != '\n' && lead != '\r' && lead != '\f';
        const auto more = FollowersOf(lead);
        if (control || lead == 0x7F || more == kNoLead) {
            return false;
        }
        const auto rest = start.substr(at + 1, more);
        if (!std::ranges::all_of(rest, [](char c) {
                return (static_cast<unsigned char>(c) & 0xC0U) == 0x80U;
            })) {
            return false;
        }
        at += 1 + more;
    }
    return !start.empty();
}

std::string_view TypeOfText(std::string_view start) noexcept {
    constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
    if (start.starts_with(kByteOrderMark)) {
        start.remove_prefix(kByteOrderMark.size());
    }
    start.remove_prefix(std::min(start.find_first_not_of(" \t\r\n"), start.size()));
    if (!start.starts_with('<')) {
        return "text/plain";
    }
    if (Holds(start, "<svg")) {
        return "image/svg+xml";
    }
    for (const std::string_view root : {"<!DOCTYPE html", "<!doctype html", "<html", "<HTML"}) {
        if (Holds(start, root)) {
            return "text/html";
        }
    }
    return start.starts_with("<?xml") ? "application/xml" : "text/plain";
}

}  // namespace

std::string_view TypeOfDocument(std::string_view start) noexcept {
    start = start.substr(0, kDocumentStartBytes);
    for (const auto& [sign, type] : kBegins) {
        if (start.starts_with(sign)) {
            return type;
        }
    }
    if (start.starts_with("PK\x03\x04")) {
        return TypeOfZip(start);
    }
    // readers of PDF look for its header in the first 1,024 bytes (ISO 32000-1, annex H, note 13)
    if (Holds(start.substr(0, 1024), "%PDF-")) {
        return "application/pdf";
    }
    return IsText(start) ? TypeOfText(start) : kUnknownDocumentType;
}

}  // namespace notify
