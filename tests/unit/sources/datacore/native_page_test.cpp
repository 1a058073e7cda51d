#include "sources/datacore/native_page.hpp"

#include <gtest/gtest.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "sources/objects/faults.hpp"

namespace notify::datacore {
namespace {

TEST(NativePage, ReadsTheFieldsThatWereAskedFor) {
    const auto page =
        ReadNativePage(
            R"([{"name": "a/b c.mxf", "tmborn": "2026-02-23T19:27:59.276600Z", "etag": "\"b5dea5b4\"",
             "content-length": 42, "content-type": "video/mxf"}])"
        )
            .value();
    ASSERT_EQ(page.size(), 1U);
    EXPECT_EQ(page[0].key, "a/b c.mxf");
    EXPECT_EQ(page[0].etag, "b5dea5b4");
    EXPECT_EQ(page[0].size_bytes, 42U);
    EXPECT_EQ(ToRfc3339(page[0].modified_at), "2026-02-23T19:27:59.276Z");
    EXPECT_EQ(page[0].content_type, "video/mxf");
}

TEST(NativePage, ReadsTheNamesThatPlainListingsHave) {
    const auto page =
        ReadNativePage(
            R"([{"last_modified": "2026-02-23T19:27:59Z", "bytes": "42", "name": "a", "hash": "x"}])"
        )
            .value();
    EXPECT_EQ(page.at(0).size_bytes, 42U);
    EXPECT_EQ(page.at(0).etag, "x");
}

TEST(NativePage, AnEmptyPageIsAPage) {
    EXPECT_TRUE(ReadNativePage(" []\n").value().empty());
}

TEST(NativePage, WhatIsCutOffOrLacksAFieldIsAnAnswerThatIsWrongForTheMoment) {
    for (const auto* text :
         {R"([{"name": "a", "tmborn": "2026-02-23T19:27:59Z", "content-le)",
          R"([{"name": "a", "tmborn": "2026-02-23T19:27:59Z"}])",
          R"([{"name": "a", "content-length": 1}])",
          R"([{"name": "", "content-length": 1, "tmborn": "2026-02-23T19:27:59Z"}])",
          R"([{"name": "a", "content-length": -1, "tmborn": "2026-02-23T19:27:59Z"}])",
          R"([{"name": "a", "content-length": 1, "tmborn": "yesterday"}])",
          "[1]"}) {
        EXPECT_EQ(ReadNativePage(text).error().reason, objects::kWrongAnswer) << text;
    }
}

TEST(NativePage, WhatIsNoListingIsSaidToBeTheWrongEndpoint) {
    for (const auto* text : {"", "{}", "<html>Sign in</html>", "<?xml version=\"1.0\"?><Error/>"}) {
        const auto error = ReadNativePage(text).error();
        EXPECT_EQ(error.reason, objects::kNotAStore) << text;
        EXPECT_EQ(error.code, ErrorCode::kUnavailable);
        EXPECT_TRUE(objects::IsBucketFault(error));
    }
}

}  // namespace
}  // namespace notify::datacore
