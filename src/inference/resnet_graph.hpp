#pragma once

// A graph built from a dlib network. Included by .cpp files only: OpenVINO's headers are slow to compile.

#include <memory>

#include <openvino/core/model.hpp>

#include "core/result.hpp"
#include "inference/dlib_network.hpp"

namespace notify {

/// Input: batch · rows · columns · 3 bytes, RGB, any batch. Output: batch · embedding floats, as dlib
/// computes them. Takes the weights out of `network` layer by layer, so that they are not held twice.
/// kInvalidArgument when layers do not fit each other; throws what OpenVINO throws.
[[nodiscard]] Result<std::shared_ptr<ov::Model>> BuildDlibGraph(DlibNetwork network);

}  // namespace notify
