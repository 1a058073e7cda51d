#pragma once

// OpenVINO behind our own errors. Included by .cpp files only: its headers are slow to compile.

#include <array>
#include <exception>
#include <memory>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <openvino/core/model.hpp>
#include <openvino/runtime/compiled_model.hpp>

#include "core/result.hpp"
#include "inference/session.hpp"

namespace notify {

/// Runs `work` and turns what it throws into kInternal: "<doing>: <what>".
template <class Work>
[[nodiscard]] auto WithoutExceptions(std::string_view doing, Work&& work)
    -> Result<std::invoke_result_t<Work>> {
    try {
        return std::forward<Work>(work)();
    } catch (const std::exception& fault) {
        return Fail(ErrorCode::kInternal, std::string(doing) + ": " + fault.what());
    }
}

/// A constant of the model with its own copy of `values`.
[[nodiscard]] ov::Output<ov::Node> Constant(
    const std::vector<std::size_t>& shape, const std::vector<float>& values
);

/// Compiles for the processor: one inference at a time, `options.threads` threads, no pinning, the precision
/// asked for and no other. Throws what OpenVINO throws.
[[nodiscard]] ov::CompiledModel Compile(
    const std::shared_ptr<ov::Model>& model, const SessionOptions& options
);

}  // namespace notify
