#include "inference/yunet_weights.hpp"

#include <algorithm>
#include <cstring>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "inference/elf_symbols.hpp"
#include "sample_photos.hpp"

namespace notify {
namespace {

const std::string& Library() {
    static const std::string kLibrary = ModelBytes("libfacedetection.so");
    return kLibrary;
}

std::span<const std::byte> BytesOf(const std::string& text) {
    return std::as_bytes(std::span(text));
}

std::vector<float> Stored(const std::string& symbol) {
    const auto symbols = ReadElfSymbols(BytesOf(Library())).value();
    std::vector<float> values(symbols.at(symbol).size() / sizeof(float));
    std::memcpy(values.data(), symbols.at(symbol).data(), symbols.at(symbol).size());
    return values;
}

TEST(YunetWeights, NamesEveryLayerOnce) {
    std::set<std::string> names;
    for (const YunetLayer& layer : YunetLayers()) {
        names.insert(layer.name);
    }
    EXPECT_EQ(YunetLayers().size(), 53U);
    EXPECT_EQ(names.size(), 53U);
}

TEST(YunetWeights, AreCompleteAndOfTheRightSizes) {
    const auto weights = ReadYunetWeights(BytesOf(Library()));
    ASSERT_TRUE(weights) << weights.error().message;
    for (const YunetLayer& layer : YunetLayers()) {
        const YunetConvolution& one = weights->at(layer.name);
        EXPECT_EQ(one.weights.size(), layer.outputs * layer.inputs * layer.side * layer.side) << layer.name;
        EXPECT_EQ(one.biases.size(), layer.outputs) << layer.name;
    }
}

TEST(YunetWeights, OrderTheFirstConvolutionByOutputChannelRowAndColumn) {
    const auto weights = ReadYunetWeights(BytesOf(Library())).value();
    const auto stored = Stored("backbone__model0_pw_weight");
    const auto& ours = weights.at("backbone__model0_pw").weights;
    // output 5, channel 2 (red), row 1, column 0: row of 32 floats, then (row, column, channel)
    EXPECT_EQ(ours.at((((5 * 3) + 2) * 9) + 3), stored.at((5 * 32) + (3 * 3) + 2));
}

TEST(YunetWeights, OrderDepthwiseOnesByChannelRowAndColumn) {
    const auto weights = ReadYunetWeights(BytesOf(Library())).value();
    const auto stored = Stored("backbone__model2_dp2_dw_weight");
    EXPECT_EQ(weights.at("backbone__model2_dp2_dw").weights.at((40 * 9) + 7), stored.at((7 * 64) + 40));
}

/// Renames a symbol; both names have the same length.
std::string Renamed(std::string library, const std::string& from, const std::string& to) {
    for (auto at = library.find(from); at != std::string::npos; at = library.find(from, at + 1)) {
        library.replace(at, from.size(), to);
    }
    return library;
}

TEST(YunetWeights, NameWhatIsMissing) {
    const auto weights = ReadYunetWeights(
        BytesOf(Renamed(Library(), "neck__lateral_convs__1_pw_bias", "neck__lateral_convs__9_pw_bias"))
    );
    ASSERT_FALSE(weights);
    EXPECT_EQ(weights.error().code, ErrorCode::kInvalidArgument);
    EXPECT_THAT(weights.error().message, testing::HasSubstr("neck__lateral_convs__1_pw_bias"));
}

TEST(YunetWeights, NameATensorOfAnotherSize) {
    const std::string small = "backbone__model1_dp1_pw_bias";
    const std::string large = "backbone__model4_dp1_pw_bias";
    const std::string without = Renamed(Library(), small, "backbone__model9_dp1_pw_bias");
    const auto weights = ReadYunetWeights(BytesOf(Renamed(without, large, small)));
    ASSERT_FALSE(weights);
    EXPECT_THAT(weights.error().message, testing::HasSubstr(small + " has 256 bytes instead of 64"));
}

TEST(YunetWeights, RefuseValuesThatAreNotFinite) {
    std::string spoilt = Library();
    const auto symbols = ReadElfSymbols(BytesOf(spoilt)).value();
    const auto offset = symbols.at("backbone__model4_dp1_pw_weight").data() - BytesOf(spoilt).data();
    std::fill_n(spoilt.begin() + offset, 4, '\xFF');
    EXPECT_FALSE(ReadYunetWeights(BytesOf(spoilt)));
}

}  // namespace
}  // namespace notify
