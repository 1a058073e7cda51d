#include "media/decode_point.hpp"

#include <algorithm>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/binary.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "media/decode.hpp"
#include "media/presentation_clock.hpp"
#include "media/sampler.hpp"

namespace notify {

namespace {

void Members(auto& archive, Either<DecodePoint> auto& point) {
    archive(point.trail, point.position_ms, point.clocks, point.cuts);
    archive(point.decoded_frames, point.error_packets, point.last_ms, point.truncated);
    archive(point.sampler, point.frames);
}

}  // namespace

void FrameTrail::Add(std::optional<std::int64_t> time, std::optional<std::uint64_t> look) {
    orderly_ = orderly_ && time && look && (marks_.empty() || *time > marks_.back().time);
    if (!orderly_) {
        return;
    }
    ++frames_;
    if (marks_.size() == kMarks) {
        marks_.erase(marks_.begin());
    }
    marks_.push_back({.time = *time, .look = *look});
}

bool FrameTrail::IsPlausible() const {
    return IsUsable() && marks_.size() == kMarks &&
           std::ranges::is_sorted(marks_, std::ranges::less{}, &Mark::time);
}

std::string ToBytes(const DecodePoint& point) {
    BinaryWriter writer;
    Members(writer, point);
    return writer.Take();
}

Result<DecodePoint> ReadDecodePoint(std::string_view bytes, const Wants& wants) {
    const PresentationClock clock({.num = 1, .den = 1000}, std::nullopt, false);
    DecodePoint point{
        .trail = {},
        .clocks = {.all = clock, .eligible = clock},
        .cuts = {},
        .sampler = Sampler(wants),
    };
    BinaryReader reader(bytes);
    Members(reader, point);
    const bool fine = reader.IsWhole() && point.trail.IsPlausible() && point.clocks.all.IsPlausible() &&
                      point.clocks.eligible.IsPlausible() && point.cuts.IsPlausible() &&
                      point.clocks.eligible.LastMs() == point.position_ms &&
                      std::ranges::min({point.decoded_frames, point.error_packets, point.frames}) >= 0;
    return fine ? Result<DecodePoint>(std::move(point))
                : Fail(ErrorCode::kInvalidArgument, "these bytes are no place in a decode");
}

}  // namespace notify
