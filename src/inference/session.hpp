#pragma once

// How models are run: precision and threads. The same for every model of one child.

#include <cstdint>
#include <string_view>

namespace notify {

/// The arithmetic of a model. It changes results in the third digit, so it is part of every result's lineage.
enum class Precision : std::uint8_t {
    kF32,
    kBf16,  ///< faster where the processor has it, and exactly kF32 where it has not
};

/// "f32" or "bf16".
[[nodiscard]] constexpr std::string_view ToString(Precision precision) noexcept {
    return precision == Precision::kBf16 ? "bf16" : "f32";
}

struct SessionOptions {
    Precision precision = Precision::kF32;
    int threads = 1;  ///< for one inference; one thread and several children use a machine best
};

}  // namespace notify
