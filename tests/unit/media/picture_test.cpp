#include "media/picture.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "media/jpeg.hpp"
#include "support/media_files.hpp"
#include "unit/media/watching.hpp"

namespace notify {
namespace {

using ::testing::ElementsAre;

/// Pixels numbered from 0 row by row, each number in all three channels.
Picture Numbered(int width, int height) {
    Picture picture{.width = width, .height = height};
    for (int i = 0; i < width * height; ++i) {
        picture.bytes.insert(picture.bytes.end(), 3, static_cast<std::uint8_t>(i));
    }
    return picture;
}

std::vector<int> Numbers(const Picture& picture) {
    std::vector<int> numbers;
    for (std::size_t i = 0; i < picture.bytes.size(); i += 3) {
        numbers.push_back(picture.bytes[i]);
    }
    return numbers;
}

TEST(Picture, TurnsClockwise) {
    const auto quarter = Rotated(Numbered(3, 2), 90);
    EXPECT_EQ(quarter.width, 2);
    EXPECT_EQ(quarter.height, 3);
    EXPECT_THAT(Numbers(quarter), ElementsAre(3, 0, 4, 1, 5, 2));
    EXPECT_THAT(Numbers(Rotated(Numbered(3, 2), 180)), ElementsAre(5, 4, 3, 2, 1, 0));
    EXPECT_THAT(Numbers(Rotated(Numbered(3, 2), 270)), ElementsAre(2, 5, 1, 4, 0, 3));
    EXPECT_THAT(Numbers(Rotated(Numbered(3, 2), 45)), ElementsAre(0, 1, 2, 3, 4, 5));
}

TEST(Picture, ClipsRectanglesToItself) {
    const auto clipped = [](Rectangle rectangle) {
        const auto r = Clip(rectangle, 100, 50);
        return std::vector<int>{r.x, r.y, r.width, r.height};
    };
    EXPECT_THAT(clipped({10, 10, 20, 20}), ElementsAre(10, 10, 20, 20));
    EXPECT_THAT(clipped({-5, -5, 20, 20}), ElementsAre(0, 0, 15, 15));
    EXPECT_THAT(clipped({90, 40, 20, 20}), ElementsAre(90, 40, 10, 10));
    EXPECT_EQ(Clip({200, 10, 20, 20}, 100, 50).width, 0);
    EXPECT_EQ(Clip({10, 10, -20, 20}, 100, 50).width, 0);
    EXPECT_THAT(clipped({2'000'000'000, 0, 2'000'000'000, 10}), ElementsAre(100, 0, 0, 10));
}

/// A soft gradient, which JPEG keeps well.
Picture Gradient(PixelOrder order) {
    Picture picture{.width = 37, .height = 21, .order = order};
    for (int y = 0; y < 21; ++y) {
        for (int x = 0; x < 37; ++x) {
            picture.bytes.push_back(static_cast<std::uint8_t>(40 + x * 4));
            picture.bytes.push_back(static_cast<std::uint8_t>(60 + y * 6));
            picture.bytes.push_back(90);
        }
    }
    return picture;
}

TEST(Jpeg, KeepsThePictureAndItsColours) {
    const testing::MediaFolder folder;
    const auto shown = [&](const Picture& picture) {
        return testing::FirstFrame(folder.Write("picture.jpg", EncodeJpeg(picture.View(), 95).value()));
    };
    const auto back = shown(Gradient(PixelOrder::kRgb));
    EXPECT_LT(testing::Difference(back, Gradient(PixelOrder::kRgb)), 4);
    EXPECT_NEAR(shown(Gradient(PixelOrder::kBgr)).bytes.at(2), back.bytes.at(0), 8);
}

TEST(Jpeg, IsNotMadeOfAnEmptyPicture) {
    EXPECT_EQ(EncodeJpeg({}).error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(EncodeJpeg(Picture{.width = 0, .height = 4}.View()).error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace notify
