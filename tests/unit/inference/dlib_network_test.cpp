#include "inference/dlib_network.hpp"

#include <algorithm>
#include <random>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "dlib_writer.hpp"
#include "sample_photos.hpp"

namespace notify {
namespace {

constexpr const char* kModel = "dlib_face_recognition_resnet_model_v1.dat";

Result<DlibNetwork> Read(const std::string& bytes) {
    return ReadDlibNetwork(std::as_bytes(std::span(bytes)));
}

template <class Layer>
std::size_t CountOf(const DlibNetwork& network) {
    return static_cast<std::size_t>(std::ranges::count_if(network.layers, [](const DlibLayer& layer) {
        return std::holds_alternative<Layer>(layer);
    }));
}

std::size_t WeightsOf(const DlibNetwork& network) {
    std::size_t count = 0;
    for (const DlibLayer& layer : network.layers) {
        if (const auto* convolution = std::get_if<ConvolutionLayer>(&layer)) {
            count += convolution->weights.size();
        }
    }
    return count;
}

TEST(DlibNetwork, ReadsEveryLayerOfDlibsFaceNetwork) {
    const auto network = Read(ModelBytes(kModel));
    ASSERT_TRUE(network) << network.error().message;
    EXPECT_EQ(network->rows, 150U);
    EXPECT_EQ(network->columns, 150U);
    EXPECT_NEAR(network->mean_rgb[0], 122.782F, 1e-4F);
    EXPECT_NEAR(network->mean_rgb[1], 117.001F, 1e-4F);
    EXPECT_NEAR(network->mean_rgb[2], 104.298F, 1e-4F);
    EXPECT_EQ(CountOf<ConvolutionLayer>(*network), 29U);
    EXPECT_EQ(CountOf<AffineLayer>(*network), 29U);
    EXPECT_EQ(CountOf<AddTaggedLayer>(*network), 14U);
    EXPECT_EQ(CountOf<SkipLayer>(*network), 4U) << "four blocks halve the image";
    EXPECT_EQ(CountOf<MaxPoolLayer>(*network), 1U);
    EXPECT_EQ(CountOf<AveragePoolLayer>(*network), 5U);
    EXPECT_EQ(WeightsOf(*network), 5'571'168U);
    const auto& last = std::get<FullyConnectedLayer>(network->layers.back());
    EXPECT_EQ(last.inputs, 256U);
    EXPECT_EQ(last.outputs, 128U);
}

TEST(DlibNetwork, OrdersLayersFromTheImageToTheResult) {
    const auto network = Read(SmallNetwork());
    ASSERT_TRUE(network) << network.error().message;
    ASSERT_EQ(network->layers.size(), 11U);
    EXPECT_EQ(std::get<ConvolutionLayer>(network->layers[0]).inputs, 3U);
    EXPECT_TRUE(std::holds_alternative<ReluLayer>(network->layers[1]));
    EXPECT_EQ(std::get<TagLayer>(network->layers[2]).id, 1U);
    EXPECT_EQ(std::get<ConvolutionLayer>(network->layers[3]).outputs, 2U);
    EXPECT_THAT(std::get<AffineLayer>(network->layers[4]).beta, testing::ElementsAre(10, 20));
    EXPECT_EQ(std::get<TagLayer>(network->layers[5]).id, 2U);
    EXPECT_EQ(std::get<SkipLayer>(network->layers[6]).id, 1U);
    EXPECT_EQ(std::get<AddTaggedLayer>(network->layers[8]).id, 2U) << "the block's output, not its input";
    EXPECT_FLOAT_EQ(network->mean_rgb[0], 122.5F);
}

TEST(DlibNetwork, FoldsAnAffineLayerIntoTheConvolutionBeforeIt) {
    auto network = Read(SmallNetwork()).value();
    ASSERT_TRUE(FoldAffineLayers(network));
    EXPECT_EQ(CountOf<AffineLayer>(network), 0U);
    const auto& folded = std::get<ConvolutionLayer>(network.layers[3]);
    EXPECT_FLOAT_EQ(folded.weights.front(), 1.0F);
    EXPECT_FLOAT_EQ(folded.weights.back(), 1.5F);
    EXPECT_THAT(folded.biases, testing::ElementsAre(11.0F, 21.5F));
}

TEST(DlibNetwork, RefusesToFoldAnAffineLayerOfOtherChannels) {
    auto network = Read(SmallNetwork()).value();
    std::get<AffineLayer>(network.layers[4]).gamma.push_back(1);
    EXPECT_FALSE(FoldAffineLayers(network));
}

TEST(DlibNetwork, RefusesAConvolutionWhoseSizesContradictEachOther) {
    DlibWriter writer;
    writer.Begin({3}, 2).Convolution(2, 3, 1, {1, 2, 3, 4, 5}).State().Integer(1);
    const auto network = Read(writer.Bytes());
    ASSERT_FALSE(network);
    EXPECT_EQ(network.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(network.error().message, testing::HasSubstr("contradict"));
}

TEST(DlibNetwork, RefusesUnknownLayersAndLosses) {
    DlibWriter layer;
    layer.Begin({3}, 2).Text("dropout_");
    EXPECT_FALSE(Read(layer.Bytes()));
    EXPECT_FALSE(Read(DlibWriter().Integer(1).Text("loss_mmod_").Bytes()));
}

TEST(DlibNetwork, RefusesBytesAfterTheLastLayer) {
    EXPECT_FALSE(Read(SmallNetwork() + "x"));
}

TEST(DlibNetwork, RefusesEndlessNesting) {
    DlibWriter writer;
    writer.Begin(std::vector<int>(100'000, 2), 2);
    const auto network = Read(writer.Bytes());
    ASSERT_FALSE(network);
    EXPECT_THAT(network.error().message, testing::HasSubstr("too many layers"));
}

TEST(DlibNetwork, RefusesEveryTruncation) {
    const std::string file = SmallNetwork();
    for (std::size_t size = 0; size < file.size(); ++size) {
        EXPECT_FALSE(Read(file.substr(0, size))) << size;
    }
    const std::string model = ModelBytes(kModel);
    for (const std::size_t size : {std::size_t{300}, std::size_t{5000}, model.size() / 2, model.size() - 1}) {
        EXPECT_FALSE(Read(model.substr(0, size))) << size;
    }
}

TEST(DlibNetwork, SurvivesFlippedBytes) {
    const std::string file = SmallNetwork();
    std::mt19937 random(11);
    int readable = 0;
    for (int round = 0; round < 20'000; ++round) {
        std::string spoilt = file;
        for (int flips = 0; flips < 2; ++flips) {
            spoilt[random() % spoilt.size()] = static_cast<char>(random());
        }
        if (auto network = Read(spoilt); network) {
            ++readable;
            static_cast<void>(FoldAffineLayers(*network));
        }
    }
    EXPECT_GT(readable, 0) << "no spoilt file was readable: the test tests nothing";
}

}  // namespace
}  // namespace notify
