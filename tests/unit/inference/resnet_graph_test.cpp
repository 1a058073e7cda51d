#include "inference/resnet_graph.hpp"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openvino/runtime/infer_request.hpp>

#include "dlib_writer.hpp"
#include "inference/openvino_session.hpp"

namespace notify {
namespace {

DlibNetwork Network() {
    const std::string file = SmallNetwork();
    return ReadDlibNetwork(std::as_bytes(std::span(file))).value();
}

std::vector<float> Infer(
    const std::shared_ptr<ov::Model>& model, std::size_t batch, const std::vector<std::uint8_t>& rgb
) {
    ov::CompiledModel compiled = Compile(model, {});
    ov::InferRequest request = compiled.create_infer_request();
    ov::Tensor input(ov::element::u8, {batch, 2, 2, 3});
    std::copy(rgb.begin(), rgb.end(), input.data<std::uint8_t>());
    request.set_input_tensor(input);
    request.infer();
    const ov::Tensor output = request.get_output_tensor(0);
    return {output.data<const float>(), output.data<const float>() + output.get_size()};
}

/// What SmallNetwork computes, written out for one 2×2 image: ReLU of the centred channels, their mean
/// (average pool), plus a block of two channels whose third is padded with zero; then 1·a + 2·b + 3·c.
float Expected(std::span<const std::uint8_t> rgb) {
    constexpr std::array<float, 3> kMean{122.5F, 117.0F, 104.0F};
    std::array<float, 3> pooled{};
    float sum = 0;
    for (std::size_t i = 0; i < 12; ++i) {
        const float value = std::max(0.0F, (static_cast<float>(rgb[i]) - kMean.at(i % 3)) / 256.0F);
        pooled.at(i % 3) += value / 4;
        sum += value;
    }
    const float convolved = (0.5F * sum) + 0.5F;
    const float first = (2 * convolved) + 10 + pooled[0];
    const float second = (3 * convolved) + 20 + pooled[1];
    return first + (2 * second) + (3 * pooled[2]);
}

TEST(DlibGraph, ComputesWhatTheLayersSay) {
    auto model = BuildDlibGraph(Network());
    ASSERT_TRUE(model);
    const std::vector<std::uint8_t> rgb{255, 0, 200, 130, 255, 10, 0, 180, 104, 140, 117, 255};
    const auto result = Infer(*model, 1, rgb);
    ASSERT_EQ(result.size(), 1U);
    EXPECT_NEAR(result[0], Expected(rgb), 1e-4F);
}

TEST(DlibGraph, TakesAnyBatch) {
    auto model = BuildDlibGraph(Network());
    ASSERT_TRUE(model);
    std::vector<std::uint8_t> rgb;
    for (int i = 0; i < 36; ++i) {
        rgb.push_back(static_cast<std::uint8_t>(i * 37));
    }
    const auto result = Infer(*model, 3, rgb);
    ASSERT_EQ(result.size(), 3U);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_NEAR(result[i], Expected(std::span(rgb).subspan(i * 12, 12)), 1e-4F) << i;
    }
}

TEST(DlibGraph, RefusesTagsThatWereNeverSet) {
    DlibNetwork network = Network();
    std::get<AddTaggedLayer>(network.layers.at(8)).id = 7;
    const auto model = BuildDlibGraph(std::move(network));
    ASSERT_FALSE(model);
    EXPECT_EQ(model.error().code, ErrorCode::kInvalidArgument);
}

TEST(DlibGraph, RefusesAConvolutionOfOtherChannels) {
    DlibNetwork network = Network();
    std::get<ConvolutionLayer>(network.layers.at(3)).inputs = 2;
    EXPECT_FALSE(BuildDlibGraph(std::move(network)));
}

}  // namespace
}  // namespace notify
