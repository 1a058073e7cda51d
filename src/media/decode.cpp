#include "media/decode.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>
#include <span>
#include <stop_token>
#include <utility>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "media/decode_point.hpp"
#include "media/decode_run.hpp"
#include "media/demuxer.hpp"

namespace notify {

namespace {

Result<DecodePoints> ReadPoints(std::span<const Subscription> subscriptions) {
    DecodePoints points;
    for (const auto& subscription : subscriptions) {
        auto& point = points.emplace_back();
        if (subscription.goes_on_at.empty()) {
            continue;
        }
        auto read = ReadDecodePoint(subscription.goes_on_at, subscription.wants);
        if (!read) {
            return Unexpected(read.error());
        }
        point = std::move(*read);
    }
    return points;
}

/// Null when somebody begins with the first frame.
const DecodePoint* Earliest(const DecodePoints& points) {
    const auto at = [](const auto& point) {
        return point ? point->position_ms : std::numeric_limits<std::int64_t>::min();
    };
    const auto earliest = std::ranges::min_element(points, {}, at);
    return earliest != points.end() && *earliest ? &**earliest : nullptr;
}

}  // namespace

Result<DecodeOutcome> Decode(
    ByteSource& bytes,
    std::span<const Subscription> subscriptions,
    const DecodeOptions& options,
    std::stop_token stop
) {
    const auto points = ReadPoints(subscriptions);
    if (!points) {
        return Unexpected(points.error());
    }
    bool has_begun = false;
    const auto run_from = [&](const DecodePoint* goal) -> Result<DecodeOutcome> {
        auto demuxer = Demuxer::Open(bytes, options.limits, stop);
        if (!demuxer) {
            return Unexpected(demuxer.error());
        }
        if ((*demuxer)->Video() == nullptr) {
            return NoVideo();
        }
        DecodeRun run(**demuxer, subscriptions, *points, options);
        const auto ran =
            run.OpenCodec().and_then(
                               [&] { return goal == nullptr ? Result<void>{} : run.GoTo(*goal); }
            ).and_then([&] { return run.All(stop); });
        has_begun = run.HasBegun();
        return ran.map([&] { return std::move(run).Outcome(); });
    };
    const auto* goal = Earliest(*points);
    auto outcome = run_from(goal);
    const bool missed =
        goal != nullptr && !has_begun && !outcome && outcome.error().code == ErrorCode::kConflict;
    // a container that cannot be sought in exactly comes by it all the same
    return missed ? run_from(nullptr) : outcome;
}

}  // namespace notify
