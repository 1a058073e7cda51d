#include "processors/document_markdown/inline_text.hpp"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "processors/document_markdown/unicode.hpp"
#include "processors/document_markdown/vocabulary.hpp"
#include "unit/processors/document_markdown/sheet.hpp"

namespace notify::document {
namespace {

std::string TwoLines(
    const std::string& first, const std::string& second, const std::string& elsewhere = "x"
) {
    Sheet sheet;
    sheet.Write(72, 100, first).Write(72, 112, second).Write(72, 200, "Elsewhere: " + elsewhere);
    const auto markdown = Converted({sheet}).markdown;
    return markdown.substr(0, markdown.find('\n'));
}

TEST(DividedWords, AreWholeAgain) {
    EXPECT_EQ(TwoLines("a word that was divi-", "ded here"), "a word that was divided here");
}

TEST(DividedWords, KeepAHyphenThatTheDocumentWritesElsewhere) {
    EXPECT_EQ(TwoLines("it is well-", "known here", "a well-known fact"), "it is well-known here");
    EXPECT_EQ(TwoLines("it is well-", "known here", "wellknown and well-known"), "it is wellknown here");
}

TEST(DividedWords, KeepTheLastHyphenOfSeveral) {
    EXPECT_EQ(TwoLines("a state-of-the-", "art thing", "no art"), "a state-of-the-art thing");
}

TEST(DividedWords, KeepTheHyphenBeforeACapitalAndADigit) {
    EXPECT_EQ(TwoLines("an Anglo-", "American word"), "an Anglo-American word");
    EXPECT_EQ(TwoLines("the model GPT-", "3 is large"), "the model GPT-3 is large");
}

TEST(DividedWords, AreNotMadeOfDashes) {
    EXPECT_EQ(TwoLines("a thought -", "or two"), "a thought - or two");
}

TEST(DividedWords, AreWholeOverPages) {
    Sheet first;
    first.Write(72, 700, "a word that was divi-");
    Sheet second;
    second.Write(72, 100, "ded here");
    EXPECT_EQ(Converted({first, second}).markdown, "a word that was divided here\n\n");
}

std::string Written(const std::vector<Span>& spans) {
    return MarkdownOf(spans, false);
}

TEST(Emphasis, StandsBesideLettersAndNotBesideSpaces) {
    EXPECT_EQ(
        Written({{.text = "a "}, {.text = "bold ", .look = kBold}, {.text = "and", .look = kBold | kItalic}}),
        "a **bold** ***and***"
    );
    EXPECT_EQ(MarkdownOf({{.text = "bold", .look = kBold}}, true), "bold");
}

TEST(RaisedSigns, AreMarked) {
    Sheet sheet;
    sheet.Write(72, 100, "10").Write(82, 96, "6", {.size = 6}).Write(90, 100, "H");
    sheet.Write(95, 102, "2", {.size = 6}).Write(98, 100, "O");
    EXPECT_EQ(Converted({sheet}).markdown, "10<sup>6</sup> H<sub>2</sub>O\n\n");
}

TEST(SignsOfMarkdown, AreLetters) {
    EXPECT_EQ(Written({{.text = "a*b_c`d[e]<f\\"}}), "a\\*b\\_c\\`d\\[e\\]\\<f\\\\");
    EXPECT_EQ(Written({{.text = "~~x~~ &lt;b&#62; AT&T & R;"}}), "\\~\\~x\\~\\~ \\&lt;b\\&#62; AT&T & R;");
    for (const std::string sign : {"#", ">", "+", "="}) {
        Sheet sheet;
        sheet.Write(72, 100, sign + " no sign");
        EXPECT_EQ(Converted({sheet}).markdown, "\\" + sign + " no sign\n\n");
    }
}

TEST(SignsOfMarkdown, AreNoListWhereAYearEndsASentence) {
    Sheet sheet;
    sheet.Write(72, 100, "1984. A year that is told of at length in many a book");
    EXPECT_EQ(Converted({sheet}).markdown, "1984\\. A year that is told of at length in many a book\n\n");
}

TEST(InlineCode, IsFencedByMoreBackticksThanItHas) {
    EXPECT_EQ(Written({{.text = "make", .look = kMono}}), "`make`");
    EXPECT_EQ(Written({{.text = "a``b`c", .look = kMono}}), "```a``b`c```");
    EXPECT_EQ(Written({{.text = "`", .look = kMono}}), "`` ` ``");
}

TEST(Links, LeadToTheWebAndNotToScripts) {
    EXPECT_EQ(Written({{.text = "here", .uri = "https://example.org/a"}}), "[here](https://example.org/a)");
    EXPECT_EQ(Written({{.text = "here", .uri = "MAILTO:ada@example.org"}}), "[here](MAILTO:ada@example.org)");
    EXPECT_EQ(Written({{.text = "here", .uri = "part/two.pdf#a:b"}}), "[here](part/two.pdf#a:b)");
    for (const auto* const uri :
         {"javascript:alert(1)",
          "JavaScript:alert(1)",
          "java\nscript:alert(1)",
          "data:text/html,x",
          "file:///etc/passwd"}) {
        EXPECT_EQ(Written({{.text = "here", .uri = uri}}), "here") << uri;
    }
}

TEST(Links, SpellNoSchemeWithEntitiesAndMakeNoPicture) {
    EXPECT_EQ(
        Written({{.text = "here", .uri = "javascript&colon;alert(1)"}}),
        "[here](<javascript&amp;colon;alert(1)>)"
    );
    EXPECT_EQ(Written({{.text = "x", .uri = "javascript&#58;1"}}), "[x](javascript&amp;#58;1)");
    EXPECT_EQ(Written({{.text = "x", .uri = "https://e.org/?a=1&b=2"}}), "[x](https://e.org/?a=1&amp;b=2)");
    EXPECT_EQ(
        Written({{.text = "Wow!"}, {.text = "here", .uri = "https://e.org/x"}}),
        "Wow\\![here](https://e.org/x)"
    );
}

TEST(Links, StayInTheirBrackets) {
    EXPECT_EQ(Written({{.text = "here", .uri = "https://e.org/a(b)"}}), "[here](<https://e.org/a(b)>)");
    EXPECT_EQ(Written({{.text = "here", .uri = "https://e.org/ >\n)x\\"}}), "[here](<https://e.org/)x>)");
}

TEST(Links, CoverTheLettersThatTheirAreaCovers) {
    Sheet sheet;
    sheet.Write(72, 100, "look here now");
    sheet.content.links.push_back(
        {.box = {.left = 96, .top = 90, .right = 118, .bottom = 104}, .uri = "https://e.org"}
    );
    EXPECT_EQ(Converted({sheet}).markdown, "look [here](https://e.org) now\n\n");
}

TEST(Characters, AreUtf8AndLigaturesTakenApart) {
    std::string text;
    for (const char32_t code :
         {U'a',
          U'\u00e9',
          U'\u20ac',
          U'\U0001F600',
          U'\uFB03',
          U'\u00ad',
          char32_t{0xD800},
          char32_t{0x110000}}) {
        AppendUtf8(text, code);
    }
    EXPECT_EQ(text, "a\u00e9\u20ac\U0001F600ffi");
    EXPECT_EQ(Utf8Of(u"\U0001F600"), "\U0001F600");
    EXPECT_EQ(WordsOf("2.1  \u00c9t\u00e9: Files!"), "2 1 \u00e9t\u00e9 files");
}

TEST(RightToLeft, IsInTheOrderOfItsLetters) {
    Sheet sheet;
    sheet.Write(200, 100, "\u05d3\u05d2\u05d1\u05d0");  // as it is seen: from left to right
    EXPECT_EQ(Converted({sheet}).markdown, "\u05d0\u05d1\u05d2\u05d3\n\n");
}

}  // namespace
}  // namespace notify::document
