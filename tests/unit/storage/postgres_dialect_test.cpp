#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "storage/postgres/dialect.hpp"

namespace notify::postgres {

namespace {

TEST(PostgresDialect, NumbersParametersAsSqliteDoes) {
    EXPECT_EQ(Translate("VALUES (?, ?, ?)"), "VALUES ($1, $2, $3)");
    EXPECT_EQ(Translate("a = ?2 AND b = ?1 AND c = ?2"), "a = $2 AND b = $1 AND c = $2");
    EXPECT_EQ(Translate("VALUES (?1, (SELECT ?1), ?, ?)"), "VALUES ($1, (SELECT $1), $2, $3)");
    EXPECT_EQ(Translate("a = ?24"), "a = $24");
}

TEST(PostgresDialect, LeavesTextsInQuotesAlone) {
    EXPECT_EQ(Translate("SELECT '?', '?1' WHERE a = ?"), "SELECT '?', '?1' WHERE a = $1");
    EXPECT_EQ(Translate("SELECT '', ?"), "SELECT '', $1");
    EXPECT_EQ(Translate("SELECT 'it''s ?', ?"), "SELECT 'it''s ?', $1");
}

TEST(PostgresDialect, LeavesHintsToIndexesOut) {
    EXPECT_EQ(
        Translate("FROM process h INDEXED BY process_held WHERE a = ?"), "FROM process h  WHERE a = $1"
    );
}

TEST(PostgresDialect, TakesTextsThatAreUtf8AsTheyAre) {
    std::string kept;
    for (const std::string_view text :
         {"", "plain", "hellö", "\xE2\x82\xAC", "\xF0\x9F\x98\x80", "\xED\x9F\xBF"}) {
        EXPECT_EQ(FitText(text, kept).data(), text.data()) << "not copied";
    }
}

TEST(PostgresDialect, ReplacesWhatPostgresqlRefusesInTexts) {
    constexpr std::string_view kNul("a\0b", 3);
    std::string kept;
    EXPECT_EQ(
        FitText(kNul, kept),
        "a\xEF\xBF\xBD"
        "b"
    );
    EXPECT_EQ(FitText("\xFFz", kept), "\xEF\xBF\xBDz");
    EXPECT_EQ(FitText("\xC0\xAF", kept), "\xEF\xBF\xBD\xEF\xBF\xBD") << "an overlong slash";
    EXPECT_EQ(FitText("\xED\xA0\x80", kept), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD")
        << "half of a surrogate pair";
    EXPECT_EQ(FitText("ok\xE2\x82", kept), "ok\xEF\xBF\xBD\xEF\xBF\xBD") << "cut";
    EXPECT_EQ(FitText("\xF4\x90\x80\x80", kept).substr(0, 3), "\xEF\xBF\xBD") << "above U+10FFFF";
}

}  // namespace

}  // namespace notify::postgres
