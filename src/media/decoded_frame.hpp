#pragma once

// A frame of the decoder as subscribers see it.

#include <cstddef>
#include <map>
#include <optional>
#include <tuple>
#include <utility>

#include "core/result.hpp"
#include "media/decode.hpp"
#include "media/ffmpeg.hpp"
#include "media/frame_pictures.hpp"
#include "media/frames_between.hpp"
#include "media/picture.hpp"

namespace notify {

/// Valid as long as the frame. Not thread-safe.
class DecodedFrame final : public FrameView {
public:
    DecodedFrame(const AVFrame& frame, FramePictures& pictures) : frame_(frame), pictures_(pictures) {
        std::tie(full_width, full_height) = pictures.FullSize(frame);
    }

    [[nodiscard]] Result<Picture> FullRegion(const Rectangle& rectangle) const override {
        return pictures_.Region(frame_, rectangle);
    }

    [[nodiscard]] Result<Picture> Between(std::size_t index) const override {
        return between_ == nullptr || index >= between_ms.size()
                   ? FrameView::Between(index)
                   : pictures_.Analysis(between_->At(index), long_side_);
    }

    /// Has the subscription that gets it next look back at these, which outlive the call.
    void LookBackAt(const FramesBetween& between) {
        between_ = &between;
        between_ms = between.Times();
    }

    /// Makes the analysis picture of that size the present one; converted once for all who want the same.
    Result<void> UseAnalysis(int long_side) {
        auto& kept = analysis_[long_side];
        if (!kept) {
            auto made = pictures_.Analysis(frame_, long_side);
            if (!made) {
                return Unexpected(made.error());
            }
            kept = std::move(*made);
        }
        picture = kept->View();
        scale = static_cast<double>(full_width) / picture.width;
        long_side_ = long_side;
        return {};
    }

private:
    const AVFrame& frame_;
    FramePictures& pictures_;
    std::map<int, std::optional<Picture>> analysis_;
    const FramesBetween* between_ = nullptr;
    int long_side_ = 0;
};

}  // namespace notify
