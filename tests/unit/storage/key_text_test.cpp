#include "storage/key_text.hpp"

#include <string>

#include <gtest/gtest.h>

#include "core/json.hpp"

namespace notify {

namespace {

TEST(KeyText, LeavesUtf8AsItIs) {
    EXPECT_EQ(KeyText("Länder/日本 🎬.mp4"), "Länder/日本 🎬.mp4");
    EXPECT_EQ(KeyText(""), "");
}

TEST(KeyText, ShowsOtherBytesInHexadecimal) {
    EXPECT_EQ(
        KeyText(
            "a\xff"
            "b"
        ),
        "a\\xFFb"
    );
    EXPECT_EQ(KeyText(std::string("a\0b\n", 4)), "a\\x00b\\x0A");
}

TEST(KeyText, RefusesWhatOnlyLooksLikeUtf8) {
    EXPECT_EQ(KeyText("\xc0\xaf"), "\\xC0\\xAF") << "an overlong slash";
    EXPECT_EQ(KeyText("\xe0\x80\xaf"), "\\xE0\\x80\\xAF");
    EXPECT_EQ(KeyText("\xed\xa0\x80"), "\\xED\\xA0\\x80") << "a surrogate";
    EXPECT_EQ(KeyText("\xf4\x90\x80\x80"), "\\xF4\\x90\\x80\\x80") << "beyond Unicode";
    EXPECT_EQ(KeyText("\xe2\x82"), "\\xE2\\x82") << "cut off";
    EXPECT_EQ(KeyText("\xc3z"), "\\xC3z");
}

TEST(KeyText, IsAlwaysJson) {
    std::string all;
    for (int byte = 0; byte < 256; ++byte) {
        all += static_cast<char>(byte);
        all += static_cast<char>(255 - byte);
    }
    const auto parsed = ParseJson(ToJsonText(boost::json::value(KeyText(all))));
    ASSERT_TRUE(parsed);
    EXPECT_EQ(std::string_view(parsed->as_string()), KeyText(all));
}

}  // namespace

}  // namespace notify
