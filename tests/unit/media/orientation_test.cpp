#include "media/orientation.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

extern "C" {
#include <libavutil/display.h>
}

#include <gtest/gtest.h>

#include "media/decode.hpp"
#include "support/media_files.hpp"

namespace notify {
namespace {

using testing::MediaFolder;
using testing::OpenBytes;

/// `jpeg` with an EXIF part that gives that orientation.
std::string WithOrientation(std::string jpeg, int value, bool little_endian) {
    const auto v = static_cast<char>(value);
    const std::string big = std::string("MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0", 19) + v +
                            std::string("\0\0\0\0\0\0", 6);
    const std::string little = std::string("II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0", 18) + v +
                               std::string("\0\0\0\0\0\0\0", 7);
    const auto payload = std::string("Exif\0\0", 6) + (little_endian ? little : big);
    const auto length = payload.size() + 2;
    return jpeg.insert(
        2, std::string("\xFF\xE1") + static_cast<char>(length >> 8U) + static_cast<char>(length) + payload
    );
}

/// Which corner shows red and which green: "tl", "tr", "bl", "br".
struct Corners {
    std::string red;
    std::string green;

    friend bool operator==(const Corners&, const Corners&) = default;
};

template <class ColourAt>
Corners CornersOf(int width, int height, ColourAt&& colour_at) {
    Corners corners;
    for (const bool bottom : {false, true}) {
        for (const bool right : {false, true}) {
            const auto [red, green, blue] =
                colour_at(right ? width * 3 / 4 : width / 4, bottom ? height * 3 / 4 : height / 4);
            const auto name = std::string(bottom ? "b" : "t") + (right ? "r" : "l");
            if (red > 150 && green < 100) {
                corners.red = name;
            } else if (green > 90 && red < 100 && blue < 100) {
                corners.green = name;
            }
        }
    }
    return corners;
}

class Orientations : public ::testing::Test {
protected:
    /// Red above left, green above right, blue and white below.
    Orientations()
        : jpeg_(
              testing::Bytes(folder_.Make(
                  "four.jpg",
                  "-f lavfi -i color=red:s=64x48 -f lavfi -i color=green:s=64x48 -f lavfi -i "
                  "color=blue:s=64x48 "
                  "-f lavfi -i color=white:s=64x48 -filter_complex "
                  "'[0][1]hstack[a];[2][3]hstack[b];[a][b]vstack' "
                  "-frames:v 1"
              ))
          ) {}

    MediaFolder folder_;
    std::string jpeg_;
};

TEST_F(Orientations, OfPhotosAreHonouredInEveryPicture) {
    // what CIPA DC-008 calls row 0 and column 0, for 1 … 8
    const std::map<int, Corners> expected{
        {1, {"tl", "tr"}},
        {2, {"tr", "tl"}},
        {3, {"br", "bl"}},
        {4, {"bl", "br"}},
        {5, {"tl", "bl"}},
        {6, {"tr", "br"}},
        {7, {"br", "tr"}},
        {8, {"bl", "tl"}},
    };
    for (const auto& [value, corners] : expected) {
        auto bytes = OpenBytes(folder_.Write("turned.jpg", WithOrientation(jpeg_, value, value % 2 == 0)));
        const std::vector<Subscription> one{
            {Wants{}, [&](const FrameView& frame) -> Result<void> {
                 EXPECT_EQ(frame.full_width, value >= 5 ? 96 : 128);
                 EXPECT_EQ(frame.full_height, value >= 5 ? 128 : 96);
                 EXPECT_EQ(frame.picture.width, frame.full_width);
                 const auto small = CornersOf(frame.picture.width, frame.picture.height, [&](int x, int y) {
                     const auto* p = frame.picture.pixels + y * frame.picture.stride_bytes + x * 3;
                     return std::array<int, 3>{p[2], p[1], p[0]};
                 });
                 const auto full = CornersOf(frame.full_width, frame.full_height, [&](int x, int y) {
                     const auto part = frame.FullRegion({x, y, 3, 3}).value();
                     return std::array<int, 3>{part.bytes[0], part.bytes[1], part.bytes[2]};
                 });
                 EXPECT_EQ(small, corners) << value;
                 EXPECT_EQ(full, corners) << value;
                 return {};
             }}
        };
        const auto outcome = Decode(bytes, one, {}, {});
        ASSERT_TRUE(outcome) << outcome.error().message;
        EXPECT_EQ(outcome->summary.media.video->width, value >= 5 ? 96 : 128);
    }
}

TEST_F(Orientations, OfDamagedPhotosAreUpright) {
    const auto good = WithOrientation(jpeg_, 6, false);
    for (std::size_t length = 0; length < 40; ++length) {
        auto bytes = OpenBytes(folder_.Write("cut.jpg", good.substr(0, length)));
        const auto found = JpegOrientation(bytes);
        ASSERT_TRUE(found);
        EXPECT_TRUE(*found == Orientation{} || length > 30) << length;
    }
    for (const int value : {0, 9, 200}) {
        auto bytes = OpenBytes(folder_.Write("odd.jpg", WithOrientation(jpeg_, value, true)));
        EXPECT_EQ(JpegOrientation(bytes).value(), Orientation{}) << value;
    }
}

TEST(Orientation, IsReadFromDisplayMatrices) {
    const auto of = [](double clockwise, bool flip_x, bool flip_y) {
        std::array<std::int32_t, 9> matrix{};
        av_display_rotation_set(matrix.data(), clockwise);
        av_display_matrix_flip(matrix.data(), flip_x ? 1 : 0, flip_y ? 1 : 0);
        return OrientationOf(reinterpret_cast<const std::uint8_t*>(matrix.data()));
    };
    EXPECT_EQ(OrientationOf(nullptr), Orientation{});
    EXPECT_EQ(of(0, false, false), Orientation{});
    EXPECT_EQ(of(90, false, false), (Orientation{90, false}));
    EXPECT_EQ(of(-90, false, false), (Orientation{270, false}));
    EXPECT_EQ(of(180, false, false), (Orientation{180, false}));
    EXPECT_EQ(of(-3, false, false), (Orientation{0, false}));
    EXPECT_EQ(of(0, false, true), (Orientation{0, true}));
    EXPECT_EQ(of(0, true, false), (Orientation{180, true}));
}

}  // namespace
}  // namespace notify
