#include "media/document_type.hpp"

#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace notify {
namespace {

using namespace std::string_view_literals;

std::string ZipOf(std::string_view first_name, std::string_view bytes) {
    std::string zip = "PK\x03\x04" + std::string(22, '\0');
    zip += static_cast<char>(first_name.size());
    return zip + std::string(3, '\0') + std::string(first_name) + std::string(bytes);
}

TEST(DocumentType, IsNamedByTheFirstBytes) {
    EXPECT_EQ(TypeOfDocument("%PDF-1.4\n"), "application/pdf");
    EXPECT_EQ(TypeOfDocument(std::string(900, '\n') + "%PDF-1.4\n"), "application/pdf");
    EXPECT_EQ(TypeOfDocument("{\\rtf1\\ansi"), "application/rtf");
    EXPECT_EQ(TypeOfDocument("%!PS-Adobe-3.0"), "application/postscript");
    EXPECT_EQ(TypeOfDocument("\x1F\x8B\x08\x00"sv), "application/gzip");
    EXPECT_EQ(TypeOfDocument("\xD0\xCF\x11\xE0\xA1\xB1\x1A\xE1\x00"sv), "application/x-ole-storage");
}

TEST(DocumentType, LooksIntoAZip) {
    EXPECT_EQ(TypeOfDocument(ZipOf("a.txt", "hello")), "application/zip");
    EXPECT_EQ(
        TypeOfDocument(ZipOf("[Content_Types].xml", "…word/document.xml")),
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    );
    EXPECT_EQ(
        TypeOfDocument(ZipOf("_rels/.rels", "…xl/workbook.xml[Content_Types].xml")),
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    );
    EXPECT_EQ(TypeOfDocument(ZipOf("word/a.txt", "an archive of somebody's words")), "application/zip");
    EXPECT_EQ(
        TypeOfDocument(ZipOf("mimetype", "application/vnd.oasis.opendocument.textPK\x03\x04")),
        "application/vnd.oasis.opendocument.text"
    );
    EXPECT_EQ(
        TypeOfDocument(ZipOf("mimetype", "application/vnd.oasis.opendocument.text-template")),
        "application/zip"
    );
    EXPECT_EQ(TypeOfDocument(ZipOf("mimetype", "something/else")), "application/zip");
}

TEST(DocumentType, TellsTextFromBytes) {
    EXPECT_EQ(TypeOfDocument("Grüße aus Köln\n"), "text/plain");
    EXPECT_EQ(
        TypeOfDocument(
            "\xEF\xBB\xBF"
            "a,b\r\n1,2\r\n"
        ),
        "text/plain"
    );
    EXPECT_EQ(TypeOfDocument("cut in a character: \xC3"), "text/plain");
    EXPECT_EQ(
        TypeOfDocument("<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"/>"), "image/svg+xml"
    );
    EXPECT_EQ(TypeOfDocument("<!DOCTYPE html><html></html>"), "text/html");
    EXPECT_EQ(TypeOfDocument("<?xml version=\"1.0\"?><feed/>"), "application/xml");
    for (const auto bytes :
         {""sv, "\0\1\2"sv, "a\0b"sv, "\xC3("sv, "\xC0\xAF"sv, "\xFF\xFE h"sv, "\x1B[31m"sv, "\x80"sv}) {
        EXPECT_EQ(TypeOfDocument(bytes), "application/octet-stream")
            << ::testing::PrintToString(std::string(bytes));
    }
}

TEST(DocumentType, LooksNoFurtherThanItSays) {
    EXPECT_EQ(TypeOfDocument(std::string(kDocumentStartBytes, 'a') + std::string(1, '\0')), "text/plain");
}

}  // namespace
}  // namespace notify
