#include "app/commands/printing.hpp"

#include <string>
#include <string_view>

#include <boost/json/array.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/json.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string Printed(std::string_view json) {
    ::testing::internal::CaptureStdout();
    PrintDocument(ParseJson(json).value());
    return ::testing::internal::GetCapturedStdout();
}

TEST(Printing, CountsOneAndMany) {
    EXPECT_EQ(Counted("1", "photo", "photos"), "1 photo");
    EXPECT_EQ(Counted("0", "photo", "photos"), "0 photos");
    EXPECT_EQ(Counted("2", "photo", "photos"), "2 photos");
}

TEST(Printing, ShowsADocumentAsLinesAndTables) {
    EXPECT_EQ(
        Printed(
            R"({"schema":"s/1","media":{"width":64,"deep":{"x":true}},"cuts_ms":[10,20],
               "tracks":[{"track":1,"box":{"x":1},"end_ms":200},{"track":12,"box":{"x":2},"end_ms":3}]})"
        ),
        "schema        s/1\n"
        "media.width   64\n"
        "media.deep.x  true\n"
        "cuts_ms       10,20\n"
        "\n"
        "tracks (2)\n"
        "track  end_ms\n"
        "1      200\n"
        "12     3\n"
    );
}

TEST(Printing, ShowsTheFirstRowsOfALongTableAndSaysHowManyAreLeft) {
    boost::json::array rows;
    for (int i = 0; i < 60; ++i) {
        rows.push_back(boost::json::object{{"n", i}});
    }
    const auto text = Printed(ToJsonText(boost::json::object{{"rows", rows}}));
    EXPECT_THAT(text, HasSubstr("\n49\n"));
    EXPECT_THAT(text, Not(HasSubstr("\n50\n")));
    EXPECT_THAT(text, HasSubstr("and 10 more"));
}

TEST(Printing, OfABucketThatIsHeldBackSaysUntilWhenAndWhy) {
    EXPECT_EQ(
        HoldOf(ParseJson(R"({"held":{"until":"12:00","code":"no_bucket","sentence":"it is gone"}})").value()),
        "held back until 12:00: it is gone"
    );
    EXPECT_EQ(HoldOf(ParseJson(R"({"held":null})").value()), "");
    EXPECT_EQ(HoldOf(ParseJson("{}").value()), "");
}

}  // namespace
}  // namespace notify
