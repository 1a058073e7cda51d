#include "queue/sieve/name_types.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <span>
#include <string>
#include <string_view>

namespace notify {

namespace {

// NOLINTBEGIN(modernize-use-designated-initializers): a table, its columns are named where the type is
constexpr auto kTypes = std::to_array<NameType>({
    {"3gp", "video/mp4"},
    {"aac", "audio/aac"},
    {"aif", "audio/aiff"},
    {"aiff", "audio/aiff"},
    {"ari", "image/x-ari"},
    {"arw", "image/tiff"},
    {"asf", "audio/x-ms-asf"},
    {"asf", "video/x-ms-asf"},
    {"avi", "video/x-msvideo"},
    {"bmp", "image/bmp"},
    {"bwf", "audio/wav"},
    {"cin", "image/x-cineon"},
    {"cr2", "image/tiff"},
    {"csv", "text/plain"},
    {"dng", "image/tiff"},
    {"doc", "application/x-ole-storage"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
    {"dpx", "image/dpx"},
    {"dv", "video/dv"},
    {"eps", "application/postscript"},
    {"epub", "application/epub+zip"},
    {"exr", "image/exr"},
    {"f4v", "video/mp4"},
    {"flac", "audio/flac"},
    {"flv", "video/x-flv"},
    {"gif", "image/gif"},
    {"gxf", "video/gxf"},
    {"gz", "application/gzip"},
    {"heic", "image/heic"},
    {"heif", "image/heif"},
    {"htm", "text/html"},
    {"html", "text/html"},
    {"j2c", "image/jp2"},
    {"j2k", "image/jp2"},
    {"jp2", "image/jp2"},
    {"jpeg", "image/jpeg"},
    {"jpg", "image/jpeg"},
    {"json", "text/plain"},
    {"m2t", "video/mp2t"},
    {"m2ts", "video/mp2t"},
    {"m2v", "video/mpeg"},
    {"m4a", "audio/mp4"},
    {"m4v", "video/mp4"},
    {"md", "text/plain"},
    {"mka", "audio/x-matroska"},
    {"mkv", "video/x-matroska"},
    {"mov", "audio/mp4"},
    {"mov", "video/quicktime"},
    {"mp2", "audio/mpeg"},
    {"mp3", "audio/mpeg"},
    {"mp4", "audio/mp4"},
    {"mp4", "video/mp4"},
    {"mpeg", "video/mpeg"},
    {"mpg", "video/mpeg"},
    {"mts", "video/mp2t"},
    {"mxf", "audio/mxf"},
    {"mxf", "video/mxf"},
    {"nef", "image/tiff"},
    {"odp", "application/vnd.oasis.opendocument.presentation"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet"},
    {"odt", "application/vnd.oasis.opendocument.text"},
    {"oga", "audio/ogg"},
    {"ogg", "audio/ogg"},
    {"ogg", "video/ogg"},
    {"ogv", "video/ogg"},
    {"opus", "audio/ogg"},
    {"pdf", "application/pdf"},
    {"png", "image/png"},
    {"ppt", "application/x-ole-storage"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"},
    {"ps", "application/postscript"},
    {"psd", "image/psd"},
    {"rtf", "application/rtf"},
    {"sgi", "image/sgi"},
    {"srt", "text/plain"},
    {"svg", "image/svg+xml"},
    {"tga", "image/x-tga"},
    {"tif", "image/tiff"},
    {"tiff", "image/tiff"},
    {"ts", "video/mp2t"},
    {"txt", "text/plain"},
    {"vob", "video/mpeg"},
    {"vtt", "text/plain"},
    {"wav", "audio/wav"},
    {"webm", "audio/webm"},
    {"webm", "video/webm"},
    {"webp", "image/webp"},
    {"wma", "audio/x-ms-asf"},
    {"wmv", "video/x-ms-asf"},
    {"xls", "application/x-ole-storage"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"},
    {"xml", "application/xml"},
    {"zip", "application/zip"},
});
// NOLINTEND(modernize-use-designated-initializers)

static_assert(std::ranges::is_sorted(kTypes, {}, &NameType::extension));

}  // namespace

std::string_view ExtensionOf(std::string_view key) {
    const auto name = key.substr(key.rfind('/') + 1);  // npos + 1 is 0
    const auto dot = name.rfind('.');
    return dot == std::string_view::npos ? std::string_view() : name.substr(dot + 1);
}

std::span<const NameType> TypesOfName(std::string_view key) {
    std::string extension(ExtensionOf(key));
    std::ranges::transform(extension, extension.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    const auto found = std::ranges::equal_range(kTypes, extension, {}, &NameType::extension);
    return {found.begin(), found.end()};
}

}  // namespace notify
