#include "processors/document_markdown/headings.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/processors/document_markdown/sheet.hpp"

namespace notify::document {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr Hand kBoldText{.look = kBold};

std::vector<std::string> Titles(const Written& written) {
    std::vector<std::string> titles;
    for (const auto& entry : written.outline) {
        titles.push_back(std::to_string(entry.level) + " " + entry.title);
    }
    return titles;
}

TEST(Headings, HaveLevelsBySizeAndThenWeight) {
    Sheet sheet;
    sheet.Write(72, 100, "A book", {.size = 24}).Write(72, 140, "A chapter", {.size = 16, .look = kBold});
    sheet.Write(72, 170, "A part of it", {.size = 16}).Paragraph(200).Write(72, 300, "A section", kBoldText);
    sheet.Paragraph(320);
    EXPECT_THAT(
        Titles(Converted({sheet})), ElementsAre("1 A book", "2 A chapter", "3 A part of it", "4 A section")
    );
}

TEST(Headings, HaveTheDepthOfTheirNumbers) {
    Sheet sheet;
    sheet.Write(72, 100, "A book", {.size = 24}).Write(72, 140, "1 Files", kTitle).Paragraph(160);
    sheet.Write(72, 250, "1.1 Folders", kTitle).Paragraph(270).Write(72, 360, "A.1.2 Links", kTitle);
    EXPECT_THAT(
        Titles(Converted({sheet})), ElementsAre("1 A book", "2 1 Files", "3 1.1 Folders", "4 A.1.2 Links")
    );
}

TEST(Headings, AreNoBoldWordsThatATextBeginsWith) {
    Sheet sheet;
    sheet.Write(72, 100, "Bold words begin this text and fill a whole line", kBoldText).Paragraph(112);
    sheet.Write(72, 220, "Short bold words", kBoldText).Paragraph(232);
    EXPECT_THAT(Titles(Converted({sheet})), ElementsAre("1 Short bold words"));
}

TEST(Headings, AreNoBoldSentences) {
    Sheet sheet;
    sheet.Paragraph(100).Write(72, 200, "Do not do this.", kBoldText).Paragraph(240);
    const auto written = Converted({sheet});
    EXPECT_TRUE(written.outline.empty());
    EXPECT_THAT(written.markdown, HasSubstr("**Do not do this.**"));
}

TEST(Headings, GoOnInASecondLineOfTheirLookAndEndAtANumber) {
    Sheet sheet;
    sheet.Write(72, 100, "1 Files and what is", kTitle).Write(72, 120, "in them", kTitle);
    sheet.Write(72, 140, "1.1 Folders", kTitle).Paragraph(170);
    EXPECT_THAT(Titles(Converted({sheet})), ElementsAre("2 1 Files and what is in them", "3 1.1 Folders"));
}

TEST(Headings, AreOneWithTheNumberAboveThem) {
    Sheet sheet;
    sheet.Write(72, 100, "Chapter 3", kTitle).Write(72, 150, "Files", {.size = 24, .look = kBold});
    sheet.Paragraph(200);
    EXPECT_THAT(Titles(Converted({sheet})), ElementsAre("2 Chapter 3 Files"));
}

TEST(Headings, HaveTheLevelTheOutlineSays) {
    Sheet sheet;
    sheet.Write(72, 100, "1 Files", kTitle)
        .Paragraph(120)
        .Write(72, 220, "1.1 Folders", kTitle)
        .Paragraph(240);
    const auto written = Converted(
        {sheet}, {{.level = 1, .page = 0, .title = "Files"}, {.level = 4, .page = 0, .title = "Folders"}}
    );
    EXPECT_THAT(Titles(written), ElementsAre("1 1 Files", "4 1.1 Folders"));
}

TEST(Headings, ThatTheOutlineNamesAreTheOutlineWhenTheyAreMost) {
    Sheet sheet;
    sheet.Write(72, 100, "Abstract", kTitle).Paragraph(120).Write(72, 220, "Files", kTitle).Paragraph(240);
    sheet.Write(72, 340, "Folders", kTitle).Paragraph(360).Write(72, 460, "Links", kTitle).Paragraph(480);
    const Bookmark files{.level = 1, .page = 0, .title = "Files"};
    const Bookmark folders{.level = 1, .page = 0, .title = "Folders"};
    const Bookmark links{.level = 1, .page = 0, .title = "Links"};
    const auto written = Converted({sheet}, {files, folders, links});
    EXPECT_THAT(Titles(written), ElementsAre("1 Files", "1 Folders", "1 Links"));
    EXPECT_THAT(written.markdown, HasSubstr("# Abstract\n"));
    EXPECT_EQ(Converted({sheet}, {files}).outline.size(), 4);
}

TEST(Headings, AreNoAuthorsBeforeTheFirstPageThatTheOutlineNames) {
    Sheet cover;
    cover.Write(72, 100, "A book", {.size = 24, .look = kBold}).Write(72, 200, "Ada Lovelace", {.size = 14});
    Sheet sheet;
    sheet.Write(72, 100, "Files", kTitle).Paragraph(120);
    const auto written = Converted({cover, sheet}, {{.level = 1, .page = 1, .title = "Files"}});
    EXPECT_THAT(written.markdown, HasSubstr("# A book\n"));
    EXPECT_THAT(written.markdown, HasSubstr("\n\nAda Lovelace\n"));
    EXPECT_THAT(written.markdown, HasSubstr("\n# Files\n"));
}

TEST(Headings, AreNoEntriesOfATableOfContents) {
    Sheet contents;
    contents.Write(72, 100, "Contents", kTitle).Write(72, 140, "Files 2", kTitle);
    contents.Write(72, 180, "Folders xi", kTitle);
    Sheet sheet;
    sheet.Write(72, 100, "Files", kTitle).Paragraph(120).Write(72, 220, "Folders", kTitle).Paragraph(240);
    const auto written = Converted(
        {contents, sheet},
        {{.level = 1, .page = 1, .title = "Files"}, {.level = 1, .page = 1, .title = "Folders"}}
    );
    EXPECT_THAT(written.markdown, HasSubstr("- **Files 2**\n- **Folders xi**\n"));
    EXPECT_EQ(CountOf("# F", written.markdown), 2);
}

TEST(Headings, AreWhatTheStructureSaysHoweverTheyLook) {
    Sheet sheet;
    sheet.Write(72, 100, "Files", {.told = 2}).Paragraph(120);
    EXPECT_THAT(Converted({sheet}).markdown, testing::StartsWith("## Files\n\nthis is line one"));
}

TEST(Headings, AreNeitherCodeNorNumbersAlone) {
    Sheet sheet;
    sheet.Write(72, 100, "make all", {.size = 16, .look = kMono}).Paragraph(130);
    sheet.Write(72, 230, "3.14", kTitle).Paragraph(250);
    const auto written = Converted({sheet});
    EXPECT_TRUE(written.outline.empty());
    EXPECT_THAT(written.markdown, Not(HasSubstr("# ")));
}

TEST(Headings, HaveTitlesWithoutNumbers) {
    EXPECT_EQ(WithoutNumber("chapter 2 files"), "files");
    EXPECT_EQ(WithoutNumber("2 1 files of a book"), "files of a book");
    EXPECT_EQ(WithoutNumber("a book"), "a book");
}

}  // namespace
}  // namespace notify::document
