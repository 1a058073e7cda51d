#include "app/commands/quantities.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

namespace notify {
namespace {

TEST(Quantities, ReadSizesAsPeopleTypeThem) {
    for (const auto& [text, bytes] : std::vector<std::pair<std::string, std::int64_t>>{
             {"0", 0},
             {"1500", 1500},
             {"10MB", 10'000'000},
             {"10 mb", 10'000'000},
             {"2GiB", 2'147'483'648},
             {"1.5GB", 1'500'000'000},
             {"20k", 20'000},
             {"1tib", 1'099'511'627'776},
             {"7b", 7},
         }) {
        EXPECT_EQ(ParseBytes(text).value(), bytes) << text;
    }
    for (const auto* text :
         {"", "MB", "-1MB", "10MBit", "1e3", "nan", "inf", "10M B", "99999999TB", "1,5GB"}) {
        const auto parsed = ParseBytes(text);
        ASSERT_FALSE(parsed.has_value()) << text;
        EXPECT_EQ(parsed.error().message, std::string("'") + text + "' is no size like 1500, 10MB or 2GiB");
    }
}

TEST(Quantities, ReadAgesAsPeopleTypeThem) {
    for (const auto& [text, seconds] : std::vector<std::pair<std::string, std::int64_t>>{
             {"30s", 30},
             {"45", 45},
             {"90m", 5400},
             {"2h", 7200},
             {"7d", 604'800},
             {"1.5h", 5400},
             {"4W", 2'419'200}
         }) {
        EXPECT_EQ(ParseAge(text).value(), seconds) << text;
    }
    for (const auto* text : {"", "h", "-2h", "2 years", "7days"}) {
        EXPECT_FALSE(ParseAge(text).has_value()) << text;
    }
}

TEST(Quantities, MayBeTakenAwayOnTheCommandLine) {
    EXPECT_EQ(IsBytes(""), "");
    EXPECT_EQ(IsBytes("1GB"), "");
    EXPECT_EQ(IsAge("x"), "'x' is no age like 30s, 90m, 2h or 7d");
}

}  // namespace
}  // namespace notify
