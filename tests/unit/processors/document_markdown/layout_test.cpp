// What stands where on a page: columns, tables, figures.

#include <algorithm>
#include <cstddef>
#include <string>
#include <variant>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "processors/document_markdown/figure.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/table.hpp"
#include "unit/processors/document_markdown/sheet.hpp"

namespace notify::document {
namespace {

using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

constexpr Hand kSmall{.size = 8};

/// The tables of a page by what is in their cells: rows on lines, cells with a bar between.
std::vector<std::string> TablesIn(const Sheet& sheet) {
    std::vector<std::string> tables;
    for (const auto& block : LayoutOf(sheet.content, 0).blocks) {
        if (const auto* const table = std::get_if<Table>(&block)) {
            auto& text = tables.emplace_back();
            for (const auto& row : table->rows) {
                for (std::size_t i = 0; i < row.size(); ++i) {
                    text += i == 0 ? "" : "|";
                    for (std::size_t line = 0; line < row[i].size(); ++line) {
                        text += (line == 0 ? "" : " ") + row[i][line].Text();
                    }
                }
                text += '\n';
            }
        }
    }
    return tables;
}

std::vector<Figure> FiguresIn(const Sheet& sheet) {
    std::vector<Figure> figures;
    for (auto& block : LayoutOf(sheet.content, 0).blocks) {
        if (auto* const figure = std::get_if<Figure>(&block)) {
            figures.push_back(std::move(*figure));
        }
    }
    return figures;
}

Sheet& Row(Sheet& sheet, float baseline, const std::vector<std::string>& cells, float step = 120) {
    for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!cells[i].empty()) {
            sheet.Write(80 + step * static_cast<float>(i), baseline, cells[i]);
        }
    }
    return sheet;
}

TEST(ReadingOrder, IsDownEachColumnBetweenWhatStandsAcrossThem) {
    Sheet sheet;
    sheet.Write(72, 60, "A title that stands across both columns of this page and is wide enough for that");
    for (int i = 0; i < 6; ++i) {
        const auto baseline = 100 + 12 * static_cast<float>(i);
        sheet.Write(72, baseline, "left " + std::to_string(i) + " in a column that is full of words");
        sheet.Write(320, baseline, "right " + std::to_string(i) + " in a column that is full of words");
    }
    sheet.Write(
        72, 200, "And a line that stands below both columns of this page and is wide as well, is it."
    );
    const auto text = Converted({sheet}).markdown;
    const std::vector<std::size_t> places{
        text.find("A title"),
        text.find("left 0"),
        text.find("left 5"),
        text.find("right 0"),
        text.find("right 5"),
        text.find("And a line")
    };
    EXPECT_TRUE(std::ranges::is_sorted(places)) << text;
    EXPECT_NE(places.back(), std::string::npos);
}

TEST(ReadingOrder, IsDownAColumnWithATableInIt) {
    Sheet sheet;
    for (int i = 0; i < 14; ++i) {
        const auto baseline = 100 + 12 * static_cast<float>(i);
        sheet.Write(72, baseline, "left " + std::to_string(i) + " in a column that is full of words");
        if (i < 6) {
            sheet.Write(320, baseline, "right " + std::to_string(i) + " in a column that is full of words");
        } else if (i < 11) {
            for (int cell = 0; cell < 5; ++cell) {
                sheet.Write(
                    320 + 40 * static_cast<float>(cell), baseline, "c" + std::to_string(10 * i + cell)
                );
            }
        } else {
            sheet.Write(320, baseline, "right " + std::to_string(i) + " in a column that is full of words");
        }
    }
    const auto text = Converted({sheet}).markdown;
    EXPECT_LT(text.find("left 13"), text.find("right 0")) << text;
    EXPECT_THAT(text, HasSubstr("| c60 | c61 | c62 | c63 | c64 |"));
}

TEST(ReadingOrder, IsAlongTheLinesWhereShortWordsStandBesideEachOther) {
    Sheet sheet;
    for (int i = 0; i < 4; ++i) {
        const auto baseline = 100 + 60 * static_cast<float>(i);
        sheet.Write(72, baseline, "name " + std::to_string(i));
        sheet.Write(400, baseline, "value " + std::to_string(i));
    }
    sheet.Write(
        72, 400, "and a line of text that is as wide as all the others together and more than that, so."
    );
    const auto text = Converted({sheet}).markdown;
    EXPECT_LT(text.find("value 0"), text.find("name 1")) << text;
}

TEST(ReadingOrder, IsAlongTheLinesWhereMostRowsOfASideAreCells) {
    Sheet sheet;
    for (int i = 0; i < 10; ++i) {
        const auto baseline = 100 + 60 * static_cast<float>(i);
        sheet.Write(72, baseline, "name " + std::to_string(i) + " of something");
        if (i < 4) {
            sheet.Write(400, baseline, "value " + std::to_string(i) + " that is wide");
        } else {
            sheet.Write(400, baseline, "value " + std::to_string(i)).Write(475, baseline, "more");
        }
    }
    const auto text = Converted({sheet}).markdown;
    EXPECT_LT(text.find("value 0"), text.find("name 1")) << text;
}

TEST(Tables, HaveTheCellsOfTheirGridWithAllTheirLines) {
    Sheet sheet;
    sheet.Grid({72, 192, 312, 432}, {100, 120, 160, 180});
    Row(sheet, 114, {"Name", "Year", "Note"});
    Row(sheet, 134, {"Ada", "1815", "wrote the"});
    Row(sheet, 146, {"", "", "first notes"});
    Row(sheet, 174, {"Alan", "1912", "a|b"});
    EXPECT_THAT(
        TablesIn(sheet),
        testing::ElementsAre("Name|Year|Note\nAda|1815|wrote the first notes\nAlan|1912|a|b\n")
    );
    const auto written = Converted({sheet});
    EXPECT_THAT(written.markdown, StartsWith("| Name | Year | Note |\n|---|---|---|\n| Ada |"));
    EXPECT_THAT(written.markdown, HasSubstr("| a\\|b |\n"));
    EXPECT_EQ(written.tables, 1);
}

TEST(Tables, HaveCellsBetweenThreeRules) {
    Sheet sheet;
    sheet.Paragraph(20).Rule(72, 432, 100).Rule(72, 432, 120).Rule(72, 432, 170);
    Row(sheet, 114, {"Name", "Year", "Place"});
    Row(sheet, 134, {"Ada", "1815", "London"});
    Row(sheet, 146, {"Alan", "1912", "Maida Vale"});
    EXPECT_THAT(
        TablesIn(sheet), testing::ElementsAre("Name|Year|Place\nAda|1815|London\nAlan|1912|Maida Vale\n")
    );
}

TEST(Tables, AreTwoWhereACaptionStandsBetweenTheirRules) {
    Sheet sheet;
    for (const float top : {100.0F, 220.0F}) {
        sheet.Rule(72, 432, top).Rule(72, 432, top + 20).Rule(72, 432, top + 60);
        Row(sheet, top + 14, {"Name", "Year", "Place"});
        Row(sheet, top + 34, {"Ada", "1815", "London"});
        Row(sheet, top + 46, {"Alan", "1912", "London"});
    }
    sheet.Write(72, 190, "Table 2: Again");
    EXPECT_EQ(TablesIn(sheet).size(), 2);
}

TEST(Tables, AreTwoWhereAGridEnds) {
    Sheet sheet;
    for (const float top : {100.0F, 220.0F}) {
        sheet.Grid({72, 192, 312}, {top, top + 20, top + 40});
        Row(sheet, top + 14, {"Name", "Year"});
        Row(sheet, top + 34, {"Ada", "1815"});
    }
    EXPECT_THAT(TablesIn(sheet), testing::ElementsAre("Name|Year\nAda|1815\n", "Name|Year\nAda|1815\n"));
}

TEST(Tables, AreNoGroundsOfPlots) {
    Sheet sheet;
    sheet.Grid({72, 132, 192, 252, 312, 372}, {100, 120, 140, 160, 180, 200});
    sheet.Write(80, 114, "0.5").Write(140, 134, "0.7").Write(200, 174, "0.9");
    EXPECT_TRUE(TablesIn(sheet).empty());
}

TEST(Tables, AreThreeRowsOfShortCellsWithoutRules) {
    Sheet sheet;
    sheet.Paragraph(100);
    Row(sheet, 200, {"Name", "Year", "Place"});
    Row(sheet, 214, {"Ada", "1815", "London"});
    EXPECT_TRUE(TablesIn(sheet).empty());
    Row(sheet, 228, {"Alan", "1912", "London"});
    EXPECT_THAT(
        TablesIn(sheet), testing::ElementsAre("Name|Year|Place\nAda|1815|London\nAlan|1912|London\n")
    );
}

TEST(Tables, GoOnInACellWhereRowsAreNearerThanTheOthers) {
    Sheet sheet;
    Row(sheet, 200, {"Name", "Year", "Place"});
    Row(sheet, 224, {"Ada", "1815", "London"});
    Row(sheet, 235, {"Lovelace", "", "England"});
    Row(sheet, 259, {"Alan", "1912", "Maida"});
    EXPECT_THAT(
        TablesIn(sheet),
        testing::ElementsAre("Name|Year|Place\nAda Lovelace|1815|London England\nAlan|1912|Maida\n")
    );
}

TEST(Tables, AreNoListsOfPagesNorOfItems) {
    Sheet pages;
    Row(pages, 200, {"Files", "3"});
    Row(pages, 214, {"Folders", "7"});
    Row(pages, 228, {"Links", "12"});
    EXPECT_TRUE(TablesIn(pages).empty());
    Sheet items;
    for (const float baseline : {200.0F, 214.0F, 228.0F}) {
        items.Write(72, baseline, "\u2022").Write(90, baseline, "an item");
    }
    EXPECT_TRUE(TablesIn(items).empty());
}

TEST(Tables, StandWhereTheyStoodInTheText) {
    Sheet sheet;
    sheet.Write(72, 80, "Before it.").Grid({72, 192, 312}, {100, 120, 140}).Write(72, 170, "Behind it.");
    Row(sheet, 114, {"Name", "Year"});
    Row(sheet, 134, {"Ada", "1815"});
    EXPECT_EQ(
        Converted({sheet}).markdown,
        "Before it.\n\n| Name | Year |\n|---|---|\n| Ada | 1815 |\n\nBehind it.\n\n"
    );
}

TEST(Figures, ArePicturesThatAreNoSigns) {
    Sheet sheet;
    sheet.content.images.push_back({.left = 72, .top = 300, .right = 272, .bottom = 400});
    sheet.content.images.push_back({.left = 400, .top = 300, .right = 420, .bottom = 320});
    sheet.Paragraph(100);
    const auto figures = FiguresIn(sheet);
    ASSERT_EQ(figures.size(), 1);
    EXPECT_FLOAT_EQ(figures[0].box.Height(), 100);
}

TEST(Figures, AreNoGroundsOfWholePages) {
    Sheet sheet;
    sheet.content.images.push_back({.left = 0, .top = 0, .right = 612, .bottom = 792});
    sheet.Paragraph(100);
    EXPECT_TRUE(FiguresIn(sheet).empty());
}

TEST(Figures, AreDrawingsOfFivePartsWithTheLabelsAroundThem) {
    Sheet sheet;
    sheet.Paragraph(100).Write(110, 310, "a label", kSmall).Write(72, 440, "Figure 1: A caption", kSmall);
    sheet.Write(100, 425, "axis", kSmall);
    const auto draw = [&](int part) {
        const auto left = 100 + 30 * static_cast<float>(part);
        sheet.content.drawings.push_back({.left = left, .top = 300, .right = left + 25, .bottom = 415});
    };
    for (int part = 0; part < 4; ++part) {
        draw(part);
    }
    EXPECT_TRUE(FiguresIn(sheet).empty());
    draw(4);
    const auto figures = FiguresIn(sheet);
    ASSERT_EQ(figures.size(), 1);
    EXPECT_EQ(figures[0].words, "a label axis");
    EXPECT_THAT(Converted({sheet}).markdown, HasSubstr("\n\nFigure 1: A caption\n\n"));
}

TEST(Figures, AreNoFramesAroundText) {
    Sheet sheet;
    for (int part = 0; part < 5; ++part) {
        sheet.content.drawings.push_back({.left = 60, .top = 80, .right = 400, .bottom = 180});
    }
    sheet.Paragraph(100);
    EXPECT_TRUE(FiguresIn(sheet).empty());
    EXPECT_THAT(Converted({sheet}).markdown, StartsWith("this is line one"));
}

TEST(Figures, HaveWordsThatAreNoMarkdown) {
    Sheet sheet;
    sheet.content.images.push_back({.left = 72, .top = 300, .right = 372, .bottom = 400});
    sheet.Write(80, 350, "<b> [x](javascript:a)");
    const auto text = Converted({sheet}).markdown;
    EXPECT_EQ(text, "\\<b> \\[x\\](javascript:a)\n\n");
    auto page = LayoutOf(sheet.content, 0);
    std::get<Figure>(page.blocks.front()).name = "image-1.jpg";
    const Headings headings({}, {});
    const Vocabulary words;
    MarkdownWriter writer(headings, words, false);
    writer.Add(std::move(page));
    EXPECT_EQ(writer.Finish(), "![ b>  x (javascript:a)](image-1.jpg)\n\n");
}

}  // namespace
}  // namespace notify::document
