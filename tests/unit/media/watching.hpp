#pragma once

// Decodes a file and writes down what subscribers saw.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "core/hash.hpp"
#include "media/decode.hpp"
#include "media/picture.hpp"
#include "support/media_files.hpp"

namespace notify::testing {

/// ffmpeg's arguments for two seconds of a moving test picture.
inline const std::string kPattern = "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -pix_fmt yuv420p";

struct Seen {
    std::vector<std::int64_t> times;
    std::vector<std::int64_t> cuts;
    std::string digest;
    int width = 0;
    int height = 0;
};

/// Decodes with each of `wants` in one run; what each saw.
inline std::vector<Seen> See(
    const std::filesystem::path& path, const std::vector<Wants>& wants, DecodeSummary* summary = nullptr
) {
    auto bytes = OpenBytes(path);
    std::vector<Seen> seen(wants.size());
    std::vector<Sha256> hashes(wants.size());
    std::vector<Subscription> subscriptions;
    for (std::size_t i = 0; i < wants.size(); ++i) {
        subscriptions.push_back({wants[i], [&seen, &hashes, i](const FrameView& frame) -> Result<void> {
                                     seen[i].times.push_back(frame.pts_ms);
                                     if (frame.after_cut) {
                                         seen[i].cuts.push_back(frame.pts_ms);
                                     }
                                     seen[i].width = frame.full_width;
                                     seen[i].height = frame.full_height;
                                     const auto& p = frame.picture;
                                     for (int y = 0; y < p.height; ++y) {
                                         hashes[i].Add(
                                             {reinterpret_cast<const char*>(p.pixels + y * p.stride_bytes),
                                              static_cast<std::size_t>(p.width) * 3}
                                         );
                                     }
                                     return {};
                                 }});
    }
    const auto outcome = Decode(bytes, subscriptions, {}, {});
    EXPECT_TRUE(outcome) << outcome.error().message;
    for (std::size_t i = 0; i < wants.size(); ++i) {
        seen[i].digest = hashes[i].FinishHex();
    }
    if (summary != nullptr && outcome) {
        *summary = outcome->summary;
    }
    return seen;
}

/// The first presented frame at full resolution, red first.
inline Picture FirstFrame(const std::filesystem::path& path) {
    auto bytes = OpenBytes(path);
    Picture shown;
    const std::vector<Subscription> one{
        {Wants{.every_frame = true}, [&](const FrameView& frame) -> Result<void> {
             if (frame.number == 0) {
                 shown = frame.FullRegion({0, 0, frame.full_width, frame.full_height}).value();
             }
             return {};
         }}
    };
    const auto outcome = Decode(bytes, one, {}, {});
    EXPECT_TRUE(outcome) << outcome.error().message;
    return shown;
}

/// By how much a channel of a pixel differs on average, 0 … 255; 255 when the pictures differ in shape.
inline double Difference(const Picture& a, const Picture& b) {
    if (a.width != b.width || a.height != b.height || a.bytes.empty()) {
        return 255;
    }
    double difference = 0;
    for (std::size_t i = 0; i < a.bytes.size(); ++i) {
        difference += std::abs(a.bytes[i] - b.bytes[i]);
    }
    return difference / static_cast<double>(a.bytes.size());
}

inline Error Refusal(const std::filesystem::path& path) {
    auto bytes = OpenBytes(path);
    const std::vector<Subscription> none{{Wants{}, [](const FrameView&) -> Result<void> { return {}; }}};
    const auto outcome = Decode(bytes, none, {}, {});
    return outcome ? Error{.message = "it was decoded"} : outcome.error();
}

}  // namespace notify::testing
