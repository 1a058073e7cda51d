#pragma once

// The processors of this child: one line each.

#include <memory>
#include <string_view>
#include <variant>

#include <boost/json.hpp>

#include "core/result.hpp"
#include "inference/face_models.hpp"
#include "processors/processor.hpp"

namespace notify {

using AnyProcessor = std::variant<std::unique_ptr<FrameAnalyser>, std::unique_ptr<WholeItem>>;

/// Makes a processor for one item. `models` is null in a child without them: kUnavailable for a processor
/// that needs them. kInvalidArgument for an unknown name. `config` is as NormaliseConfig made it.
[[nodiscard]] Result<AnyProcessor> MakeProcessor(
    std::string_view name, const boost::json::object& config, FaceModels* models
);

/// True when the processor's results depend on the models.
[[nodiscard]] bool NeedsModels(std::string_view name);

}  // namespace notify
