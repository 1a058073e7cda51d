// docs/mapping.md: each old name is found in the document of the API, where the page says it is.

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/file.hpp"
#include "unit/http/fixture.hpp"

namespace notify {
namespace {

using ::testing::HasSubstr;

/// The cells of the page's table, without the marks of code.
std::vector<std::vector<std::string>> RowsOfTable(const std::string& page) {
    std::vector<std::vector<std::string>> rows;
    for (std::size_t at = 0; at < page.size(); at = page.find('\n', at) + 1) {
        const auto line = page.substr(at, page.find('\n', at) - at);
        if (!line.starts_with("| `")) {
            continue;
        }
        std::vector<std::string> cells;
        for (std::size_t from = 2; from < line.size();) {
            const auto end = line.find('|', from);
            auto cell = line.substr(from, end - from);
            std::erase(cell, '`');
            cell.erase(cell.find_last_not_of(' ') + 1);
            cells.push_back(cell);
            from = end + 2;
        }
        rows.push_back(cells);
    }
    return rows;
}

class Mapping : public testing::ApiTest {
protected:
    const std::string page_ = ReadFile(NOTIFY_SOURCE_DIR "/docs/mapping.md").value();

    /// Summaries and descriptions of the routes at the path.
    std::string TextAt(std::string_view path) {
        std::string text;
        for (const auto& route : router_->Routes()) {
            text += route.pattern == path ? route.summary + " " + route.description + "\n" : "";
        }
        return text;
    }
};

TEST_F(Mapping, NamesEveryOldNameThatPeopleKnow) {
    for (const auto* name :
         {"getQueueMessage",
          "add_scheduler",
          "scheduler",
          "S3Bucket",
          "OMS3Bucket",
          "Collection",
          "BucketItem",
          "OMBucketItem",
          "Asset",
          "process"}) {
        EXPECT_THAT(page_, HasSubstr("\n| `" + std::string(name) + "` |"));
    }
}

TEST_F(Mapping, IsWhatSearchingTheDocumentFinds) {
    const auto rows = RowsOfTable(page_);
    ASSERT_GE(rows.size(), 10U);
    const auto schema = ReadFile(NOTIFY_SOURCE_DIR "/src/storage/sqlite/migrations/0001_initial.sql").value();
    for (const auto& row : rows) {
        ASSERT_EQ(row.size(), 5U) << row[0];
        EXPECT_THAT(TextAt(row[2]), HasSubstr(row[0])) << row[2];
        if (!row[3].empty()) {
            EXPECT_THAT(schema, HasSubstr("CREATE VIEW " + row[3] + " AS"));
        }
        EXPECT_TRUE(std::filesystem::exists(std::filesystem::path(NOTIFY_SOURCE_DIR) / row[4])) << row[4];
    }
}

}  // namespace
}  // namespace notify
