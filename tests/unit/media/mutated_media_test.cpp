// Media with bytes changed at random, the same ones in every run: it ends in frames or in a refusal.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <random>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "media/decode.hpp"
#include "media/probe.hpp"
#include "support/media_files.hpp"

namespace notify {
namespace {

constexpr int kMutations = 40;  // of each file

class HeldBytes final : public ByteSource {
public:
    explicit HeldBytes(std::string bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_.size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        const auto from = std::min<std::uint64_t>(offset, bytes_.size());
        const auto part = std::as_bytes(std::span(bytes_))
                              .subspan(from)
                              .first(std::min<std::size_t>(into.size(), bytes_.size() - from));
        std::ranges::copy(part, into.begin());
        return part.size();
    }

private:
    std::string bytes_;
};

/// Chance that is the same everywhere; the standard's distributions are not.
class Chance {
public:
    explicit Chance(std::uint32_t seed) : engine_(seed) {}

    std::size_t Below(std::size_t bound) { return engine_() % std::max<std::size_t>(bound, 1); }

private:
    std::mt19937 engine_;
};

/// `file` with a few bytes changed, more often near its begin where the headers are.
std::string Mutated(std::string file, std::uint32_t seed) {
    constexpr std::size_t kHeaders = 1024;
    Chance chance(seed);
    for (auto changes = 1 + chance.Below(6); changes > 0 && file.size() > 16; --changes) {
        const auto reach = chance.Below(2) == 0 ? std::min(kHeaders, file.size()) : file.size();
        const auto at = chance.Below(reach - 8);
        switch (chance.Below(6)) {
            case 0:
                file[at] = static_cast<char>(file[at] ^ (1 << chance.Below(8)));
                break;
            case 1:
                file[at] = static_cast<char>(chance.Below(256));
                break;
            case 2:
                file.replace(at, 4, chance.Below(2) == 0 ? "\xFF\xFF\xFF\xFF" : "\x7F\xFF\xFF\xFF");
                break;
            case 3:
                file.replace(at, 4, 4, '\0');
                break;
            case 4:
                file.insert(at, file.substr(chance.Below(file.size()), 1 + chance.Below(64)));
                break;
            default:
                file.erase(at, chance.Below(16) == 0 ? file.size() : 1 + chance.Below(64));
        }
    }
    return file;
}

/// What one subscriber got: how many frames, and when.
struct Got {
    std::vector<std::int64_t> times;
    bool whole = true;  ///< Every picture was as large as it said.
};

std::function<Result<void>(const FrameView&)> Into(Got& got) {
    return [&got](const FrameView& frame) -> Result<void> {
        got.times.push_back(frame.pts_ms);
        const auto corner = frame.FullRegion({frame.full_width - 1, frame.full_height - 1, 9, 9});
        got.whole = got.whole && frame.picture.width > 0 && corner && corner->bytes.size() == 3;
        return {};
    };
}

void ExpectRefusal(const Error& error) {
    const std::set<ErrorCode> allowed{ErrorCode::kUnsupported, ErrorCode::kTooLarge};
    EXPECT_TRUE(allowed.contains(error.code)) << error.message;
    EXPECT_FALSE(error.reason.empty()) << error.message;
    EXPECT_GT(error.message.size(), 10U);
}

void ExpectTimesThatMoveForward(const Got& got) {
    EXPECT_TRUE(got.whole);
    EXPECT_TRUE(std::ranges::is_sorted(got.times));
    EXPECT_EQ(std::ranges::adjacent_find(got.times), got.times.end());
    EXPECT_GE(got.times.empty() ? 0 : got.times.front(), 0);
}

/// How far it came: 0 refused by Probe, 1 by Decode, 2 decoded.
int Outcome(const std::string& file) {
    DecodeOptions options;
    options.limits.pixels = 1'000'000;
    HeldBytes bytes(file);
    const auto info = Probe(bytes, options.limits, {});
    if (!info) {
        ExpectRefusal(info.error());
        return 0;
    }
    Got all;
    Got shared;
    const std::vector<Subscription> both{
        {Wants{.every_frame = true, .long_side = 32}, Into(all)}, {Wants{}, Into(shared)}
    };
    const auto outcome = Decode(bytes, both, options, {});
    if (!outcome) {
        ExpectRefusal(outcome.error());
        return 1;
    }
    ExpectTimesThatMoveForward(all);
    ExpectTimesThatMoveForward(shared);
    Got alone;
    const std::vector<Subscription> one{{Wants{}, Into(alone)}};
    EXPECT_TRUE(Decode(bytes, one, options, {}));
    EXPECT_EQ(alone.times, shared.times);
    return 2;
}

class MutatedMedia : public ::testing::TestWithParam<std::pair<std::string, std::string>> {};

TEST_P(MutatedMedia, EndsInFramesOrInARefusal) {
    const testing::MediaFolder folder;
    const auto& [name, arguments] = GetParam();
    const auto file = testing::Bytes(folder.Make(name, "-f lavfi -i testsrc2=s=64x48:r=25 " + arguments));
    EXPECT_EQ(Outcome(file), 2);
    int decoded = 0;
    for (std::uint32_t seed = 1; seed <= kMutations; ++seed) {
        SCOPED_TRACE(name + " " + std::to_string(seed));
        decoded += Outcome(Mutated(file, seed)) == 2 ? 1 : 0;
    }
    // mutations that nothing survives, or that change nothing, would test little
    EXPECT_GT(decoded, 0);
}

std::string NameOf(const ::testing::TestParamInfo<MutatedMedia::ParamType>& file) {
    std::string name = file.param.first;
    std::ranges::replace(name, '.', '_');
    return name;
}

INSTANTIATE_TEST_SUITE_P(
    Of,
    MutatedMedia,
    ::testing::Values(
        std::pair("a.mp4", "-frames:v 20 -pix_fmt yuv420p -movflags +faststart"),
        std::pair("a.mkv", "-frames:v 20 -pix_fmt yuv420p"),
        std::pair("b.mkv", "-frames:v 20 -pix_fmt yuv420p -c:v libx265 -x265-params log-level=none"),
        std::pair("a.ts", "-frames:v 20 -pix_fmt yuv420p"),
        std::pair("a.avi", "-frames:v 20 -pix_fmt yuv420p"),
        std::pair("a.mpg", "-frames:v 20 -c:v mpeg2video -bf 2"),
        std::pair("a.flv", "-frames:v 20 -pix_fmt yuv420p"),
        std::pair("a.webm", "-frames:v 20 -c:v libvpx-vp9 -deadline realtime -cpu-used 8"),
        std::pair("a.gif", "-frames:v 10"),
        std::pair("a.jpg", "-frames:v 1"),
        std::pair("a.png", "-frames:v 1"),
        std::pair("a.webp", "-frames:v 1")
    ),
    NameOf
);

}  // namespace
}  // namespace notify
