#pragma once

// The processors of this child: one line each in registry.cpp.

#include <memory>
#include <span>
#include <string_view>
#include <variant>

#include <boost/json.hpp>

#include "core/result.hpp"
#include "inference/face_models.hpp"
#include "processors/kind.hpp"
#include "processors/processor.hpp"

namespace notify {

using AnyProcessor = std::variant<std::unique_ptr<FrameAnalyser>, std::unique_ptr<WholeItem>>;

/// Makes a processor for one item. `config` is as NormaliseConfig made it; `models` is null unless the kind
/// needs them.
using ProcessorFactory = Result<AnyProcessor> (*)(const boost::json::object& config, FaceModels* models);

struct RegisteredProcessor {
    const ProcessorKind* kind;
    ProcessorFactory make;
};

/// All of them.
[[nodiscard]] std::span<const RegisteredProcessor> RegisteredProcessors();

/// kInvalidArgument for a name that is not among `processors`.
[[nodiscard]] Result<const RegisteredProcessor*> FindProcessor(
    std::span<const RegisteredProcessor> processors, std::string_view name
);

}  // namespace notify
