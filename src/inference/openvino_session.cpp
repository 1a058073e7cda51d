#include "inference/openvino_session.hpp"

#include <cstdlib>
#include <memory>
#include <vector>

#include <openvino/core/model.hpp>
#include <openvino/core/node.hpp>
#include <openvino/core/node_output.hpp>
#include <openvino/core/shape.hpp>
#include <openvino/core/type/element_type.hpp>
#include <openvino/op/constant.hpp>
#include <openvino/runtime/compiled_model.hpp>
#include <openvino/runtime/core.hpp>
#include <openvino/runtime/properties.hpp>

#include "inference/session.hpp"

namespace notify {
namespace {

/// One for the process: loading the plugin is what costs time, and it is thread-safe.
ov::Core& Runtime() {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    // Else TBB loads a library in a way that sanitizers end the process for; it is read when TBB first runs.
    static const int kAllowed = setenv("TBB_ENABLE_SANITIZERS", "1", 0);
    static_cast<void>(kAllowed);
#endif
    static ov::Core core;
    return core;
}

}  // namespace

ov::Output<ov::Node> Constant(const std::vector<std::size_t>& shape, const std::vector<float>& values) {
    return ov::op::v0::Constant::create(ov::element::f32, ov::Shape(shape), values);
}

ov::CompiledModel Compile(const std::shared_ptr<ov::Model>& model, const SessionOptions& options) {
    const ov::element::Type precision =
        options.precision == Precision::kBf16 ? ov::element::bf16 : ov::element::f32;
    return Runtime().compile_model(
        model,
        "CPU",
        ov::hint::performance_mode(ov::hint::PerformanceMode::LATENCY),
        ov::hint::execution_mode(
            options.precision == Precision::kF32 ? ov::hint::ExecutionMode::ACCURACY
                                                 : ov::hint::ExecutionMode::PERFORMANCE
        ),
        ov::hint::inference_precision(precision),
        ov::num_streams(1),
        ov::inference_num_threads(options.threads),
        ov::hint::enable_cpu_pinning(false),
        ov::hint::num_requests(1)
    );
}

}  // namespace notify
