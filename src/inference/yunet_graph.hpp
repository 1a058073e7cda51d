#pragma once

// YuNet's graph built from its weights. Included by .cpp files only: OpenVINO's headers are slow to compile.

#include <memory>

#include <openvino/core/model.hpp>

#include "inference/yunet_weights.hpp"

namespace notify {

/// Input: 1 · height · width · 3 bytes, BGR, height and width any multiples of 32. Outputs at strides 8, 16
/// and 32: 1 · 16 · height/stride · width/stride floats in the order of YunetPlanes. The four heads of a
/// level are computed as one of 16 channels, which gives the same numbers in a fraction of the steps; class
/// and object stay logits. Throws what OpenVINO throws, std::out_of_range when a layer is missing.
[[nodiscard]] std::shared_ptr<ov::Model> BuildYunet(const YunetWeights& weights);

}  // namespace notify
