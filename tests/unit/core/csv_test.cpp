#include "core/csv.hpp"

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace notify {
namespace {

using ::testing::HasSubstr;
using Fields = std::vector<std::string>;

constexpr std::array<std::string_view, 1> kRequired{"key"};
constexpr std::array<std::string_view, 1> kOptional{"at"};

TEST(Csv, ReadsQuotesCommasAndLinesInsideOfFields) {
    const auto rows = ParseCsv("a,\"b, \"\"c\"\"\nd\",\r\n\"\",e\r\n");
    ASSERT_TRUE(rows) << rows.error().message;
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ(rows->at(0).fields, (Fields{"a", "b, \"c\"\nd", ""}));
    EXPECT_EQ(rows->at(1).fields, (Fields{"", "e"}));
    EXPECT_EQ(rows->at(1).line, 3);
}

TEST(Csv, LeavesOutTheByteOrderMarkAndEmptyLines) {
    const auto rows = ParseCsv(
        "\xef\xbb\xbf"
        "a\n\n\r\nb"
    );
    ASSERT_TRUE(rows);
    ASSERT_EQ(rows->size(), 2U);
    EXPECT_EQ(rows->at(0).fields, Fields{"a"});
    EXPECT_EQ(rows->at(1).fields, Fields{"b"});
    EXPECT_EQ(rows->at(1).line, 4);
}

TEST(Csv, SaysInWhichLineAQuoteIsWrong) {
    for (const auto* text : {"a\n\"b\nc", "a\nb\"c", "a\n\"b\"c\n"}) {
        const auto rows = ParseCsv(text);
        ASSERT_FALSE(rows) << text;
        EXPECT_THAT(rows.error().message, HasSubstr("line 2: ")) << text;
    }
}

TEST(Csv, FindsColumnsByTheirNamesInAnyOrder) {
    const auto table = CsvTable::Read("At, KEY\n2026, a b \n,c\nonly\n1,2,3\n", kRequired, kOptional);
    ASSERT_TRUE(table) << table.error().message;
    ASSERT_EQ(table->Rows().size(), 4U);
    EXPECT_EQ(table->Field(table->Rows()[0], "key"), "a b");
    EXPECT_EQ(table->WholeField(table->Rows()[0], "key"), " a b ");
    EXPECT_EQ(table->Field(table->Rows()[0], "at"), "2026");
    EXPECT_EQ(table->Field(table->Rows()[2], "key"), "");
    EXPECT_FALSE(table->IsTooLong(table->Rows()[2]));
    EXPECT_TRUE(table->IsTooLong(table->Rows()[3]));
}

TEST(Csv, RefusesColumnsThatAreMissingUnknownOrThereTwice) {
    for (const auto& [text, sentence] : std::vector<std::pair<std::string, std::string>>{
             {"", "must name the columns"},
             {"at\n", "'key' is missing"},
             {"key,ky\n", "'ky' is not known; there are: key,at"},
             {"key,Key\n", "'key' is there twice"}
         }) {
        const auto table = CsvTable::Read(text, kRequired, kOptional);
        ASSERT_FALSE(table) << text;
        EXPECT_THAT(table.error().message, HasSubstr(sentence));
    }
}

}  // namespace
}  // namespace notify
