#include "inference/face_embedder.hpp"

#include <array>
#include <cmath>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dlib_writer.hpp"
#include "sample_photos.hpp"

namespace notify {
namespace {

FaceEmbedder& Embedder() {
    return SharedModels().embedder;
}

FaceChip Pattern(int seed) {
    FaceChip chip;
    for (int y = 0; y < kFaceChipSide; ++y) {
        for (int x = 0; x < kFaceChipSide; ++x) {
            chip.rgb.push_back(static_cast<std::uint8_t>((x * 5) + y + seed));
            chip.rgb.push_back(static_cast<std::uint8_t>((y * 3) + seed));
            chip.rgb.push_back(static_cast<std::uint8_t>(x + (y * 2) + seed));
        }
    }
    return chip;
}

FaceEmbedding Recognised(const std::string& sample) {
    const FaceChip chip = SampleChip(sample);
    return Embedder().NormalisedFlipAverage(std::span(&chip, 1)).value().at(0);
}

TEST(FaceEmbedder, GivesWhatDlibGives) {
    // The first twelve numbers that dlib 20.0.1 computes for this pattern.
    constexpr std::array<float, 12> kDlib{
        -0.0863460F,
        0.0951723F,
        0.0544640F,
        -0.0181078F,
        -0.0940468F,
        -0.0806482F,
        -0.0921716F,
        -0.0245016F,
        0.0689817F,
        -0.0242144F,
        0.2298963F,
        -0.0360265F
    };
    const FaceChip chip = Pattern(0);
    const FaceEmbedding ours = Embedder().Embed(std::span(&chip, 1)).value().at(0);
    for (std::size_t i = 0; i < kDlib.size(); ++i) {
        EXPECT_NEAR(ours[i], kDlib[i], 1e-5F) << i;
    }
    EXPECT_NEAR(DistanceOf(ours, {}), 1.3404894F, 1e-5F);
}

TEST(FaceEmbedder, GivesEachChipTheSameNumbersWhateverItsNeighbours) {
    std::vector<FaceChip> chips;
    for (int i = 0; i < 11; ++i) {
        chips.push_back(Pattern(i * 20));
    }
    const auto together = Embedder().Embed(chips).value();
    ASSERT_EQ(together.size(), chips.size());
    for (std::size_t i = 0; i < chips.size(); ++i) {
        EXPECT_EQ(Embedder().Embed(std::span(&chips[i], 1)).value().at(0), together[i]) << i;
    }
}

TEST(FaceEmbedder, TakesNoChips) {
    EXPECT_TRUE(Embedder().Embed({}).value().empty());
    EXPECT_TRUE(Embedder().NormalisedFlipAverage({}).value().empty());
}

TEST(FaceEmbedder, RefusesAChipOfAnotherSize) {
    const std::array<FaceChip, 2> chips{Pattern(0), FaceChip{.rgb = std::vector<std::uint8_t>(100)}};
    const auto embedded = Embedder().Embed(chips);
    ASSERT_FALSE(embedded);
    EXPECT_EQ(embedded.error().code, ErrorCode::kInvalidArgument);
}

TEST(FaceEmbedder, AveragesWithTheMirrorImageAndNormalises) {
    const std::array<FaceChip, 2> chips{SampleChip("biden.jpg"), SampleChip("obama.jpg")};
    const auto averaged = Embedder().NormalisedFlipAverage(chips).value();
    ASSERT_EQ(averaged.size(), 2U);
    for (std::size_t i = 0; i < chips.size(); ++i) {
        const std::array<FaceChip, 2> both{chips.at(i), Mirrored(chips.at(i))};
        const auto raw = Embedder().Embed(both).value();
        FaceEmbedding mean{};
        for (std::size_t k = 0; k < mean.size(); ++k) {
            mean[k] = (raw[0][k] + raw[1][k]) / 2;
        }
        EXPECT_NEAR(DistanceOf(averaged[i], Normalised(mean)), 0, 1e-6F);
        EXPECT_NEAR(DistanceOf(averaged[i], {}), 1, 1e-6F);
    }
}

TEST(FaceEmbedder, GivesAMirroredChipTheSameAverage) {
    const FaceChip chip = SampleChip("obama2.jpg");
    const std::array<FaceChip, 2> both{chip, Mirrored(chip)};
    const auto averaged = Embedder().NormalisedFlipAverage(both).value();
    EXPECT_NEAR(DistanceOf(averaged[0], averaged[1]), 0, 1e-6F);
}

TEST(FaceEmbedder, PutsOnePersonNearAndAnotherFar) {
    const FaceEmbedding obama = Recognised("obama.jpg");
    EXPECT_NEAR(DistanceOf(obama, Recognised("obama3.jpg")), 0.213F, 0.02F);
    EXPECT_GT(DistanceOf(obama, Recognised("biden.jpg")), 0.5F);
}

TEST(FaceEmbedder, TellsAPersonOfTwoPhotosFromAStranger) {
    const FaceEmbedding first = Recognised("obama.jpg");
    const FaceEmbedding second = Recognised("obama2.jpg");
    FaceEmbedding person{};
    for (std::size_t i = 0; i < person.size(); ++i) {
        person[i] = first[i] + second[i];
    }
    person = Normalised(person);
    EXPECT_NEAR(DistanceOf(person, Recognised("obama3.jpg")), 0.213F, 0.02F);
    EXPECT_NEAR(DistanceOf(person, Recognised("biden.jpg")), 0.557F, 0.03F);
}

TEST(FaceEmbedder, IsNotBuiltFromANetworkOfAnotherShape) {
    const std::string small = SmallNetwork();
    const auto embedder = FaceEmbedder::Create(ReadDlibNetwork(std::as_bytes(std::span(small))).value(), {});
    ASSERT_FALSE(embedder);
    EXPECT_EQ(embedder.error().code, ErrorCode::kInvalidArgument);
}

TEST(FaceEmbedder, IsNotBuiltFromLayersThatDoNotFit) {
    const std::string file = ModelBytes("dlib_face_recognition_resnet_model_v1.dat");
    DlibNetwork network = ReadDlibNetwork(std::as_bytes(std::span(file))).value();
    network.layers.erase(
        network.layers.begin() + 3
    );  // the first pool: later sizes no longer reach 1×1 · 256
    std::get<ConvolutionLayer>(network.layers.at(0)).inputs = 4;
    const auto embedder = FaceEmbedder::Create(std::move(network), {});
    ASSERT_FALSE(embedder);
    EXPECT_EQ(embedder.error().code, ErrorCode::kInvalidArgument);
}

TEST(Normalised, LeavesZerosAlone) {
    EXPECT_EQ(Normalised(FaceEmbedding{}), FaceEmbedding{});
}

}  // namespace
}  // namespace notify
