#include "processors/document_markdown/running_text.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "unit/processors/document_markdown/sheet.hpp"

namespace notify::document {
namespace {

using testing::HasSubstr;
using testing::Not;

constexpr float kTop = 40;      // of a running header
constexpr float kBottom = 770;  // of a running footer

/// Pages that `write` has written on, from 1.
template <class Write>
std::vector<Sheet> Sheets(int count, const Write& write) {
    std::vector<Sheet> sheets(static_cast<std::size_t>(count));
    for (int page = 1; page <= count; ++page) {
        write(sheets[static_cast<std::size_t>(page - 1)], page);
    }
    return sheets;
}

TEST(RunningText, IsDroppedWhereItRepeatsOnThreePagesAndKeptOnTwo) {
    const auto write = [](Sheet& sheet, int) { sheet.Write(72, kTop, "Annual report").Paragraph(130); };
    const auto three = Converted(Sheets(3, write));
    EXPECT_THAT(three.markdown, Not(HasSubstr("Annual report")));
    EXPECT_EQ(three.dropped.headers, 3);
    const auto two = Converted(Sheets(2, write));
    EXPECT_EQ(CountOf("Annual report", two.markdown), 2);
    EXPECT_EQ(two.dropped.headers, 0);
}

TEST(RunningText, IsAtOneHeight) {
    const auto written = Converted(Sheets(3, [](Sheet& sheet, int page) {
        sheet.Write(72, kTop + 20.0F * static_cast<float>(page - 1), "Annual report").Paragraph(150);
    }));
    EXPECT_EQ(CountOf("Annual report", written.markdown), 3);
}

TEST(RunningText, IsAtAnEdge) {
    const auto written = Converted(Sheets(3, [](Sheet& sheet, int) { sheet.Write(72, 300, "Not signed"); }));
    EXPECT_EQ(CountOf("Not signed", written.markdown), 3);
}

TEST(RunningText, CountsPagesFromAnyNumber) {
    const auto written = Converted(Sheets(4, [](Sheet& sheet, int page) {
        sheet.Paragraph(130);
        sheet.Write(72, kTop, std::to_string(16 + page) + " All of " + "abcdefgh"[page]);
    }));
    EXPECT_EQ(written.dropped.headers, 4);
    EXPECT_THAT(written.markdown, Not(HasSubstr("All of")));
}

TEST(RunningText, CountsPagesInRomanNumbers) {
    const std::vector<std::string> roman{"viii", "ix", "x", "xi"};
    const auto written = Converted(Sheets(4, [&](Sheet& sheet, int page) {
        sheet.Paragraph(130).Write(300, kBottom, roman[static_cast<std::size_t>(page - 1)]);
    }));
    EXPECT_EQ(written.dropped.footers, 4);
    EXPECT_THAT(written.markdown, Not(HasSubstr("viii")));
}

TEST(RunningText, SaysHowManyPagesThereAreWhateverTheirDigits) {
    const auto written = Converted(Sheets(11, [](Sheet& sheet, int page) {
        sheet.Paragraph(130).Write(300, kBottom, "Page " + std::to_string(page) + " of 11");
    }));
    EXPECT_EQ(written.dropped.footers, 11);
    EXPECT_THAT(written.markdown, Not(HasSubstr("of 11")));
}

TEST(RunningText, IsNoNumberedLineThatIsAloneOnItsPage) {
    const auto written = Converted(Sheets(5, [](Sheet& sheet, int page) {
        sheet.Write(72, 90, "Words of page " + std::to_string(page));
    }));
    EXPECT_EQ(CountOf("Words of page", written.markdown), 5);
    EXPECT_EQ(written.dropped.headers, 0);
}

TEST(RunningText, IsNoNumberedLineThatHasNothingButAPageNumberBesideIt) {
    const auto written = Converted(Sheets(5, [](Sheet& sheet, int page) {
        sheet.Write(72, 90, "Words of page " + std::to_string(page))
            .Write(300, kBottom, std::to_string(page));
    }));
    EXPECT_EQ(CountOf("Words of page", written.markdown), 5);
    EXPECT_EQ(written.dropped.headers, 0);
    EXPECT_EQ(written.dropped.footers, 5);
}

TEST(RunningText, IsNoFirstLineOfATextThatCounts) {
    const auto written = Converted(Sheets(5, [](Sheet& sheet, int page) {
        sheet.Write(72, 118, std::to_string(page) + " is the number of what follows in this text")
            .Paragraph(130);
    }));
    EXPECT_EQ(CountOf("is the number of", written.markdown), 5);
}

TEST(RunningText, IsNoTitleThatCountsTheTextsBehindIt) {
    const auto written = Converted(Sheets(4, [](Sheet& sheet, int page) {
        sheet.Write(72, 60, "Exercise " + std::to_string(page), kTitle).Paragraph(130);
    }));
    EXPECT_EQ(CountOf("# Exercise", written.markdown), 4);
}

TEST(RunningText, IsNoLineThatCountsSomethingElseThanThePageNumberBesideIt) {
    const auto written = Converted(Sheets(4, [](Sheet& sheet, int page) {
        sheet.Write(72, 60, "Question " + std::to_string(page)).Paragraph(130);
        sheet.Write(300, kBottom, std::to_string(page));
    }));
    EXPECT_EQ(CountOf("Question", written.markdown), 4);
    EXPECT_EQ(written.dropped.footers, 4);
}

TEST(RunningText, ThatCountsOnPagesWithTextIsDroppedOnEmptyOnesToo) {
    const auto written = Converted(Sheets(5, [](Sheet& sheet, int page) {
        sheet.Write(72, kTop, "Page " + std::to_string(page));
        if (page != 4) {
            sheet.Paragraph(130);
        }
    }));
    EXPECT_EQ(written.dropped.headers, 5);
    EXPECT_THAT(written.markdown, Not(HasSubstr("Page")));
}

TEST(RunningText, IsWhatTheDocumentSaysIsNoPartOfIt) {
    Sheet sheet;
    sheet.Write(72, kTop, "Draft of Monday", {.told = kArtifact}).Paragraph(130);
    const auto written = Converted({sheet});
    EXPECT_EQ(written.dropped.headers, 1);
    EXPECT_THAT(written.markdown, Not(HasSubstr("Monday")));
}

TEST(RunningText, HasTwoLinesAndNoThird) {
    const auto written = Converted(Sheets(3, [](Sheet& sheet, int) {
        sheet.Write(72, kTop, "Annual report").Write(72, kTop + 12, "of the company");
        sheet.Write(72, kTop + 40, "Dear reader").Paragraph(130);
    }));
    EXPECT_EQ(written.dropped.headers, 6);
    EXPECT_EQ(CountOf("Dear reader", written.markdown), 3);
}

}  // namespace
}  // namespace notify::document
