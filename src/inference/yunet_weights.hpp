#pragma once

// The weights of the YuNet face detector, taken by name from the data of libfacedetection.so.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/result.hpp"

namespace notify {

/// One convolution. `weights` is (outputs, inputs per group, side, side); a depthwise one has `groups` =
/// outputs.
struct YunetConvolution {
    std::uint32_t outputs = 0;
    std::uint32_t inputs = 0;  ///< per group
    std::uint32_t side = 1;
    std::uint32_t groups = 1;
    std::vector<float> weights;
    std::vector<float> biases;
};

/// What one convolution of the network is called and how large it is.
struct YunetLayer {
    std::string name;  ///< "backbone__model1_dp1_pw", "bbox_head__multi_level_kps__2_dw", …
    std::uint32_t outputs = 0;
    std::uint32_t inputs = 0;
    std::uint32_t side = 1;
    std::uint32_t groups = 1;
};

/// Layer name → its weights; complete when it came from ReadYunetWeights.
using YunetWeights = std::map<std::string, YunetConvolution, std::less<>>;

/// The 53 convolutions of YuNet in the order of its published graph: backbone, neck (levels 2, 1, 0), heads
/// (cls, bbox, obj, kps; levels 0, 1, 2), pointwise before depthwise.
[[nodiscard]] const std::vector<YunetLayer>& YunetLayers();

/// Reads the weights from the bytes of libfacedetection.so, which is not executed: it stores pointwise
/// weights as (out, in), depthwise as (3, 3, channels), and the first convolution as 16 rows of 32 of which
/// 27 are used, in (row, column, BGR) order. Safe on hostile bytes. kInvalidArgument names what is missing or
/// has another size.
[[nodiscard]] Result<YunetWeights> ReadYunetWeights(std::span<const std::byte> library);

}  // namespace notify
