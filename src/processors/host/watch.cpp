#include "processors/host/watch.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <utility>

#include <fmt/format.h>

#include "processors/host/child_end.hpp"

namespace notify {

namespace {

// Ten progress lines a second for each of 64 processes, and room for what a job starts and ends with.
constexpr std::uint64_t kLinesASecond = 640;
constexpr std::uint64_t kLinesAtOnce = 5000;

constexpr std::chrono::seconds kStandstill(5);  // between two checks

}  // namespace

bool Watch::CountLine(Time now) noexcept {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(now - start_).count();
    return ++lines_ <= kLinesAtOnce + kLinesASecond * static_cast<std::uint64_t>(seconds);
}

std::optional<ChildEnd> Watch::Check(Time now, std::uint64_t resident_bytes) {
    if (const auto since_check = now - std::exchange(last_check_, now); since_check > kStandstill) {
        stood_still_ += since_check;
        last_sign_ = now;
    }
    if (resident_bytes > limits_.resident_bytes) {
        return ChildEnd{
            .reason = "memory",
            .message = fmt::format(
                "the processor held {} MiB of memory and may hold {} MiB",
                resident_bytes >> 20U,
                limits_.resident_bytes >> 20U
            )
        };
    }
    if (now - last_sign_ > limits_.silence) {
        return ChildEnd{
            .reason = "silent",
            .message = fmt::format("the processor gave no sign of life for {} s", limits_.silence.count())
        };
    }
    if (now - start_ - stood_still_ > limits_.total) {
        return ChildEnd{
            .reason = "time",
            .message = fmt::format("the processor worked longer than the {} s it may", limits_.total.count())
        };
    }
    return std::nullopt;
}

}  // namespace notify
