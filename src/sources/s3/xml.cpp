#include "sources/s3/xml.hpp"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <pugixml.hpp>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/objects/answers.hpp"
#include "sources/objects/faults.hpp"

namespace notify::s3 {

namespace {

constexpr int kMaxDepth = 16;
constexpr int kMaxElements = 200'000;

Unexpected NotAStore(std::string message) {
    return Unexpected(objects::Fault(ErrorCode::kUnavailable, objects::kNotAStore, std::move(message)));
}

/// Counts tags before anything is built of them. CDATA and comments may only make it stricter.
Result<void> CheckLimits(std::string_view xml) {
    if (xml.size() > kMaxXmlBytes) {
        return Fail(
            ErrorCode::kTooLarge, fmt::format("the store sent more than {} bytes of XML", kMaxXmlBytes)
        );
    }
    int depth = 0;
    int elements = 0;
    for (auto at = xml.find('<'); at != std::string_view::npos; at = xml.find('<', at + 1)) {
        const char next = at + 1 < xml.size() ? xml[at + 1] : '\0';
        if (xml.substr(at).starts_with("<!DOCTYPE")) {
            return NotAStore("the store's answer has a document type, which no answer of S3 has");
        }
        if (next == '/') {
            --depth;
        } else if (next != '!' && next != '?') {
            const auto end = xml.find('>', at);
            const bool closed = end != std::string_view::npos && xml[end - 1] == '/';
            depth += closed ? 0 : 1;
            ++elements;
        }
        if (depth > kMaxDepth || elements > kMaxElements) {
            return Fail(
                ErrorCode::kTooLarge,
                fmt::format("the store's XML has over {} levels or {} elements", kMaxDepth, kMaxElements)
            );
        }
    }
    return {};
}

/// Parses; the root must have that name.
Result<pugi::xml_node> Parse(pugi::xml_document& document, std::string_view xml, std::string_view root) {
    if (objects::LooksLikeHtml(xml)) {
        return NotAStore(
            "a web page came instead of XML: the endpoint is a web server, a console or a log-in page, "
            "not the store's S3 address"
        );
    }
    if (auto checked = CheckLimits(xml); !checked) {
        return Unexpected(checked.error());
    }
    // a key of spaces alone is a key
    constexpr unsigned kOptions = pugi::parse_default | pugi::parse_ws_pcdata_single;
    const auto parsed = document.load_buffer(xml.data(), xml.size(), kOptions, pugi::encoding_utf8);
    const auto node = document.document_element();
    if (parsed && std::string_view(node.name()) == root) {
        return node;
    }
    if (!parsed) {
        return NotAStore(fmt::format("the store's XML is broken or cut off at byte {}", parsed.offset));
    }
    return NotAStore(fmt::format("the store answered <{}> where <{}> is due", node.name(), root));
}

std::string Text(const pugi::xml_node& node, const char* name) {
    return node.child(name).text().get();
}

std::uint64_t Number(std::string_view text) {
    std::uint64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
}

int HexDigit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    if (c >= 'a' && c <= 'f') {
        return c - 'a' + 10;
    }
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

bool IsArchived(const pugi::xml_node& contents, std::string_view storage_class) {
    if (storage_class != "GLACIER" && storage_class != "DEEP_ARCHIVE") {
        return false;
    }
    const auto restore = contents.child("RestoreStatus");
    return restore.child("RestoreExpiryDate").empty() ||
           std::string_view(restore.child("IsRestoreInProgress").text().get()) == "true";
}

Result<ListedObject> ReadObject(const pugi::xml_node& contents, bool encoded) {
    const auto key = Text(contents, "Key");
    const auto size = Text(contents, "Size");
    if (key.empty() || size.empty()) {
        return NotAStore("the store lists an object without a key or a size");
    }
    ListedObject object{
        .key = encoded ? DecodeForm(key) : key,
        .etag = objects::BareEtag(Text(contents, "ETag")),
        .size_bytes = Number(size),
        .storage_class = Text(contents, "StorageClass"),
    };
    if (const auto time = FromRfc3339(Text(contents, "LastModified"))) {
        object.modified_at = *time;
    }
    object.archived = IsArchived(contents, object.storage_class);
    return object;
}

}  // namespace

Result<ListPage> ReadListPage(std::string_view xml) {
    pugi::xml_document document;
    const auto root = Parse(document, xml, "ListBucketResult");
    if (!root) {
        return Unexpected(root.error());
    }
    const bool encoded = Text(*root, "EncodingType") == "url";
    const auto decoded = [&](const std::string& text) { return encoded ? DecodeForm(text) : text; };
    ListPage page{
        .truncated = Text(*root, "IsTruncated") == "true",
        .next_token = Text(*root, "NextContinuationToken"),
        .next_marker = decoded(Text(*root, "NextMarker")),
    };
    page.first_form = root->child("KeyCount").empty() && page.next_token.empty() &&
                      !(root->child("Marker").empty() && root->child("NextMarker").empty());
    for (const auto& child : root->children("Contents")) {
        auto object = ReadObject(child, encoded);
        if (!object) {
            return Unexpected(object.error());
        }
        page.objects.push_back(std::move(*object));
    }
    for (const auto& child : root->children("CommonPrefixes")) {
        page.prefixes.push_back(decoded(Text(child, "Prefix")));
    }
    return page;
}

ErrorBody ReadErrorBody(std::string_view xml) {
    pugi::xml_document document;
    const auto root = Parse(document, xml, "Error");
    if (!root) {
        return {};
    }
    return {
        .code = Text(*root, "Code"),
        .message = Text(*root, "Message"),
        .region = Text(*root, "Region"),
        .endpoint = Text(*root, "Endpoint"),
    };
}

Result<std::string> ReadUploadId(std::string_view xml) {
    pugi::xml_document document;
    const auto root = Parse(document, xml, "InitiateMultipartUploadResult");
    if (!root) {
        return Unexpected(root.error());
    }
    auto id = Text(*root, "UploadId");
    if (id.empty()) {
        return NotAStore("the store began an upload without an id");
    }
    return id;
}

Result<std::string> ReadCompletedEtag(std::string_view xml) {
    if (const auto error = ReadErrorBody(xml); !error.code.empty()) {
        return Unexpected(
            Error{
                .code = ErrorCode::kUnavailable,
                .reason = "error_in_answer",
                .message = fmt::format("the store could not put the parts together: {}", error.code)
            }
        );
    }
    pugi::xml_document document;
    const auto root = Parse(document, xml, "CompleteMultipartUploadResult");
    if (!root) {
        return Unexpected(root.error());
    }
    return objects::BareEtag(Text(*root, "ETag"));
}

std::string WriteParts(const std::vector<std::string>& etags) {
    std::string xml = "<CompleteMultipartUpload>";
    for (std::size_t i = 0; i < etags.size(); ++i) {
        xml += fmt::format("<Part><PartNumber>{}</PartNumber><ETag>&quot;", i + 1);
        for (const char c : etags[i]) {
            xml += c == '&' ? "&amp;" : c == '<' ? "&lt;" : std::string(1, c);
        }
        xml += "&quot;</ETag></Part>";
    }
    return xml + "</CompleteMultipartUpload>";
}

std::string DecodeForm(std::string_view text) {
    std::string bytes;
    bytes.reserve(text.size());
    for (std::size_t i = 0; i < text.size(); ++i) {
        const int high = text[i] == '%' && i + 2 < text.size() ? HexDigit(text[i + 1]) : -1;
        const int low = high >= 0 ? HexDigit(text[i + 2]) : -1;
        if (low >= 0) {
            bytes += static_cast<char>(high * 16 + low);
            i += 2;
        } else {
            bytes += text[i] == '+' ? ' ' : text[i];
        }
    }
    return bytes;
}

}  // namespace notify::s3
