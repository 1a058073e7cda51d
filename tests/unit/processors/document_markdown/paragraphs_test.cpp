#include "processors/document_markdown/paragraphs.hpp"

#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/processors/document_markdown/sheet.hpp"

namespace notify::document {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr Hand kSmall{.size = 8};

TEST(Paragraphs, EndWhereThereIsRoomAndWhereALineIsIndented) {
    Sheet sheet;
    sheet.Write(72, 100, "One and").Write(72, 112, "two and").Write(72, 132, "Three has room above it");
    sheet.Write(72, 144, "and goes on").Write(72, 156, "once more").Write(90, 168, "Four is indented");
    EXPECT_EQ(
        Converted({sheet}).markdown,
        "One and two and\n\nThree has room above it and goes on once more\n\nFour is indented\n\n"
    );
}

TEST(Paragraphs, HangWithAllLinesButTheFirst) {
    Sheet sheet;
    sheet.Write(72, 100, "Lovelace, Ada. Notes on a machine of")
        .Write(90, 112, "Babbage that was never built and");
    sheet.Write(90, 124, "is written of").Write(72, 136, "Babbage, Charles. On a machine");
    sheet.Write(90, 148, "of his own").Write(90, 160, "making");
    EXPECT_EQ(
        Converted({sheet}).markdown,
        "Lovelace, Ada. Notes on a machine of Babbage that was never built and is written of\n\n"
        "Babbage, Charles. On a machine of his own making\n\n"
    );
}

TEST(Paragraphs, GoOnOverPagesWhenTheSentenceDoes) {
    Sheet first;
    first.Write(72, 700, "A sentence that is not at its end");
    Sheet second;
    second.Write(72, 100, "goes on here.").Write(72, 130, "Another begins");
    Sheet third;
    third.Write(72, 100, "With a capital").Write(72, 130, "and ends.");
    Sheet fourth;
    fourth.Write(72, 100, "e.g. here");
    EXPECT_EQ(
        Converted({first, second, third, fourth}).markdown,
        "A sentence that is not at its end goes on here.\n\nAnother begins\n\nWith a capital and "
        "ends.\n\ne.g. here\n\n"
    );
}

TEST(Paragraphs, GoOnBehindAFootnoteAndACaption) {
    Sheet first;
    first.Paragraph(100).Write(72, 172, "a text that is not at its end");
    first.Write(72, 200, "Figure 3: A caption").Write(72, 700, "1", {.size = 5});
    first.Write(75, 703, "A footnote with words that are small", kSmall);
    Sheet second;
    second.Paragraph(100);
    const auto written = Converted({first, second});
    EXPECT_THAT(written.markdown, HasSubstr("a text that is not at its end this is line one"));
    EXPECT_THAT(written.markdown, HasSubstr("\n\nFigure 3: A caption\n\n<sup>1</sup>A footnote"));
}

TEST(Paragraphs, OfFootnotesBeginAtTheirRaisedSigns) {
    Sheet sheet;
    sheet.Paragraph(100).Write(72, 700, "1", {.size = 5}).Write(75, 703, "The first footnote", kSmall);
    sheet.Write(72, 709, "2", {.size = 5}).Write(75, 712, "The second footnote", kSmall);
    EXPECT_THAT(
        Converted({sheet}).markdown,
        HasSubstr("<sup>1</sup>The first footnote\n\n<sup>2</sup>The second footnote\n\n")
    );
}

TEST(Lists, AreNestedByWhereTheyBegin) {
    Sheet sheet;
    sheet.Write(72, 100, "\u2022 a fruit that").Write(80, 112, "goes on").Write(90, 124, "\u2013 an apple");
    sheet.Write(90, 136, "\u2013 a pear").Write(72, 148, "\u2022 a tree").Write(72, 170, "Text again");
    EXPECT_EQ(
        Converted({sheet}).markdown,
        "- a fruit that goes on\n   - an apple\n   - a pear\n- a tree\n\nText again\n\n"
    );
}

TEST(Lists, KeepTheirNumbers) {
    Sheet sheet;
    sheet.Write(72, 100, "1. boil the water").Write(72, 112, "2. wait");
    sheet.Write(72, 124, "(b) drink").Write(72, 136, "1984. A year is no number of an item");
    EXPECT_THAT(Converted({sheet}).markdown, StartsWith("1. boil the water\n2. wait\n(b) drink"));
    EXPECT_THAT(Converted({sheet}).markdown, testing::Not(HasSubstr("\n1984.")));
}

TEST(Contents, HaveALineForEachEntryWithoutLeaders) {
    Sheet sheet;
    sheet.Write(72, 100, "Files . . . . . . . . 3").Write(72, 112, "Folders ........... 14");
    EXPECT_EQ(Converted({sheet}).markdown, "- Files 3\n- Folders 14\n");
}

TEST(CodeBlocks, KeepIndentationAndEmptyLines) {
    Sheet sheet;
    sheet.Paragraph(100).Write(72, 190, "int main() {", kCode).Write(92, 202, "return 0;", kCode);
    sheet.Write(72, 226, "}", kCode).Paragraph(250);
    EXPECT_THAT(
        Converted({sheet}).markdown, HasSubstr("```\nint main() {\n    return 0;\n\n}\n```\n\nthis is")
    );
}

TEST(CodeBlocks, AreNoSignsOfATextThatStandAlone) {
    Sheet sheet;
    sheet.Write(72, 100, "One ends.").Write(72, 130, "* * *").Write(72, 160, "Two begins.");
    sheet.Write(72, 190, "}", kCode);
    EXPECT_EQ(Converted({sheet}).markdown, "One ends.\n\n- \\* \\*\n\nTwo begins.\n\n```\n}\n```\n\n");
}

TEST(CodeBlocks, CannotBeLeftByWhatIsInThem) {
    Sheet sheet;
    sheet.Write(72, 100, "```", kCode).Write(72, 112, "<script>", kCode);
    EXPECT_EQ(Converted({sheet}).markdown, "````\n```\n<script>\n````\n\n");
}

TEST(CodeBlocks, AreNoAddressesThatGoOnInTheNextLine) {
    Sheet sheet;
    sheet.Write(72, 100, "Look at").Write(112, 100, "https://example.org/a", kCode);
    sheet.Write(72, 112, "/long/way", kCode).Write(122, 112, "for more");
    EXPECT_EQ(Converted({sheet}).markdown, "Look at `https://example.org/a /long/way` for more\n\n");
}

TEST(Pages, BeginWithTheirNumberWhenThatIsAskedFor) {
    Sheet sheet;
    sheet.Write(72, 300, "not at its end");
    Sheet second;
    second.Write(72, 300, "goes on");
    EXPECT_EQ(
        Converted({sheet, second}, {}, true).markdown,
        "<!-- page 1 -->\n\nnot at its end\n\n<!-- page 2 -->\n\ngoes on\n\n"
    );
}

}  // namespace
}  // namespace notify::document
