#include "sources/objects/ranged_body.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

#include "core/error.hpp"
#include "core/http_client.hpp"
#include "sources/objects/faults.hpp"

namespace notify::objects {
namespace {

HttpResponse Part(std::string_view range, std::string_view etag = "\"v1\"") {
    return {
        .status = 206,
        .headers = {{"etag", std::string(etag)}, {"content-range", std::string(range)}},
        .body = {}
    };
}

class RangedBodyTest : public ::testing::Test {
protected:
    const ReadRequest request_{.offset = 2, .object_size = 10, .etag = "v1"};
    std::string bytes_ = "......";
    RangedBody body_{request_, std::as_writable_bytes(std::span(bytes_))};
};

TEST_F(RangedBodyTest, GoesOnWhereTheLastAnswerEnded) {
    EXPECT_EQ(body_.NextHeaders(), (HttpHeaders{{"range", "bytes=2-7"}, {"if-match", "\"v1\""}}));
    ASSERT_TRUE(body_.Take(Part("bytes 2-7/10"), "cdef").has_value());
    EXPECT_FALSE(body_.IsWhole());
    EXPECT_EQ(body_.NextHeaders().at(0).second, "bytes=6-7");
    ASSERT_TRUE(body_.Take(Part("bytes 6-7/10"), "gh").has_value());
    EXPECT_TRUE(body_.IsWhole());
    EXPECT_EQ(bytes_, "cdefgh");
}

TEST_F(RangedBodyTest, TakesNoBytesOfAnotherVersion) {
    EXPECT_EQ(body_.Take(Part("bytes 2-7/10", "\"v2\""), "x").error().reason, kObjectChanged);
    EXPECT_EQ(body_.Take(Part("bytes 2-7/11"), "x").error().reason, kObjectChanged);
    EXPECT_EQ(body_.Take(Part("bytes 2-7/10", ""), "x").error().reason, kWrongAnswer);
    EXPECT_EQ(body_.Received(), 0U);
}

TEST_F(RangedBodyTest, TakesNoOtherPartThanWasAskedFor) {
    EXPECT_EQ(body_.Take(Part("bytes 0-7/10"), "x").error().reason, kWrongAnswer);
    EXPECT_EQ(body_.Take(Part(""), "x").error().reason, kWrongAnswer);
    EXPECT_EQ(body_.Take(Part("bytes 2-7/10"), "1234567").error().reason, kWrongAnswer);
    static_cast<void>(body_.NextHeaders());
    const HttpResponse whole{.status = 200, .headers = {{"etag", "v1"}}, .body = {}};
    EXPECT_EQ(body_.Take(whole, "x").error().code, ErrorCode::kUnsupported);
}

}  // namespace
}  // namespace notify::objects
