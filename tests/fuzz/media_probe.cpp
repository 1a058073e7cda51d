// What a file is, found from its bytes: our side of FFmpeg, whose own libraries are not instrumented.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/timecode.hpp"
#include "fuzz/promise.hpp"
#include "media/probe.hpp"

namespace notify::fuzz {
namespace {

class HeldBytes final : public ByteSource {
public:
    explicit HeldBytes(std::span<const std::byte> bytes) : bytes_(bytes) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_.size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        const auto rest = bytes_.subspan(std::min<std::uint64_t>(offset, bytes_.size()));
        const auto count = std::min(rest.size(), into.size());
        std::copy_n(rest.begin(), count, into.begin());
        return count;
    }

private:
    std::span<const std::byte> bytes_;
};

void CheckRefused(const Error& error) {
    Promise(
        error.code == ErrorCode::kUnsupported || error.code == ErrorCode::kTooLarge,
        "bytes that are no media are unsupported or too large"
    );
    Promise(error.stage == "probe" && !error.reason.empty(), "a refusal has its stage and its reason");
    Promise(!error.message.empty(), "a refusal is a sentence");
}

void CheckVideo(const VideoStream& video, const MediaLimits& limits) {
    Promise(video.width >= 0 && video.height >= 0, "a picture's sides are not negative");
    Promise(std::int64_t{video.width} * video.height <= limits.pixels, "a picture is within the limit");
    Promise(video.rotation % 90 == 0 && video.rotation >= 0 && video.rotation < 360, "a turn is a quarter");
    Promise(video.sample_aspect.numerator > 0 && video.sample_aspect.denominator > 0, "pixels have a shape");
    Promise(video.timebase.start >= 0, "a timecode is not negative");
    Promise(
        video.timebase.rate.IsKnown() || video.timebase.rate == FrameRate{}, "a frame rate is known or none"
    );
}

void CheckMedia(const MediaInfo& info, const MediaLimits& limits) {
    Promise(!info.container.empty(), "media have a container");
    Promise(info.media_type.find('/') != std::string::npos, "media have a type");
    Promise(info.duration_ms >= 0, "a duration is not negative");
    Promise(static_cast<int>(info.audio.size()) + info.subtitles <= limits.streams, "streams are bounded");
    for (const auto& audio : info.audio) {
        Promise(audio.channels >= 0 && audio.sample_rate >= 0, "what a sound has is not negative");
    }
    if (info.video) {
        CheckVideo(*info.video, limits);
    }
}

}  // namespace
}  // namespace notify::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace notify;  // the hook has no namespace
    fuzz::HeldBytes bytes(std::as_bytes(std::span(data, size)));
    const MediaLimits limits;
    const auto info = Probe(bytes, limits, {});
    if (info) {
        fuzz::CheckMedia(*info, limits);
    } else {
        fuzz::CheckRefused(info.error());
    }
    return 0;
}
