#include "media/cut_detector.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <optional>
#include <utility>

#include "media/ffmpeg.hpp"

namespace notify {

namespace {

/// Reads one component as 8 bits at a position of the full frame.
class Component {
public:
    Component(const AVFrame& frame, const AVPixFmtDescriptor& format, int index)
        : plane_(frame.data[format.comp[index].plane]),
          stride_(frame.linesize[format.comp[index].plane]),
          step_(format.comp[index].step),
          offset_(format.comp[index].offset),
          depth_(static_cast<unsigned int>(format.comp[index].depth)),
          shift_(static_cast<unsigned int>(format.comp[index].shift)),
          chroma_x_(index > 0 && !Has(format.flags, AV_PIX_FMT_FLAG_RGB) ? format.log2_chroma_w : 0U),
          chroma_y_(index > 0 && !Has(format.flags, AV_PIX_FMT_FLAG_RGB) ? format.log2_chroma_h : 0U) {}

    [[nodiscard]] std::uint8_t At(std::size_t x, std::size_t y) const noexcept {
        const auto* at = plane_ + static_cast<std::ptrdiff_t>(y >> chroma_y_) * stride_ +
                         static_cast<std::ptrdiff_t>(x >> chroma_x_) * step_ + offset_;
        if (depth_ <= 8) {
            return *at;
        }
        const unsigned int value = (at[0] | unsigned{at[1]} << 8U) >> shift_;
        return static_cast<std::uint8_t>(std::min(value >> (depth_ - 8), 255U));
    }

private:
    const std::uint8_t* plane_;
    std::ptrdiff_t stride_;
    int step_;
    int offset_;
    unsigned int depth_;
    unsigned int shift_;
    unsigned int chroma_x_;
    unsigned int chroma_y_;
};

}  // namespace

CutDetector::Look CutDetector::LookAt(const AVFrame& frame) {
    Look look;
    const auto* format = av_pix_fmt_desc_get(static_cast<AVPixelFormat>(frame.format));
    constexpr std::uint64_t kUnreadable = AV_PIX_FMT_FLAG_BITSTREAM | AV_PIX_FMT_FLAG_HWACCEL |
                                          AV_PIX_FMT_FLAG_PAL | AV_PIX_FMT_FLAG_BE | AV_PIX_FMT_FLAG_FLOAT;
    if (format == nullptr || (format->flags & kUnreadable) != 0 || frame.data[0] == nullptr) {
        return look;
    }
    const int components = format->nb_components >= 3 ? 3 : 1;
    look.grid.reserve(kColumns * kRows);
    for (int index = 0; index < components; ++index) {
        const Component component(frame, *format, index);
        for (std::size_t row = 0; row < kRows; ++row) {
            const auto y = (2 * row + 1) * static_cast<std::size_t>(frame.height) / (2 * kRows);
            for (std::size_t column = 0; column < kColumns; ++column) {
                const auto x = (2 * column + 1) * static_cast<std::size_t>(frame.width) / (2 * kColumns);
                const auto value = component.At(x, y);
                const auto bin = static_cast<std::size_t>(index) * kBins + value * kBins / 256U;
                look.histogram.at(bin) += 1;
                if (index == 0) {
                    look.grid.push_back(value);
                }
            }
        }
    }
    for (auto& bin : look.histogram) {
        bin /= static_cast<float>(kColumns * kRows) * static_cast<float>(components);
    }
    return look;
}

/// FNV-1a.
std::optional<std::uint64_t> CutDetector::Fingerprint() const noexcept {
    if (before_.grid.empty()) {
        return std::nullopt;
    }
    std::uint64_t hash = 0xCBF29CE484222325U;
    for (const auto value : before_.grid) {
        hash = (hash ^ value) * 0x100000001B3U;
    }
    return hash;
}

bool CutDetector::IsAfterCut(const AVFrame& frame) {
    auto look = LookAt(frame);
    const auto before = std::exchange(before_, std::move(look));
    if (before.grid.empty() || before.grid.size() != before_.grid.size()) {
        return false;
    }
    float histogram = 0;  // half the L1 distance: 0 equal, 1 nothing in common
    for (std::size_t i = 0; i < before.histogram.size(); ++i) {
        histogram += std::abs(before.histogram.at(i) - before_.histogram.at(i)) / 2;
    }
    int moved = 0;
    for (std::size_t i = 0; i < before.grid.size(); ++i) {
        moved += std::abs(int{before.grid[i]} - int{before_.grid[i]}) > 24 ? 1 : 0;
    }
    const float pixels = static_cast<float>(moved) / static_cast<float>(before.grid.size());
    const float change = histogram * 0.6F + pixels * 0.4F;
    const bool cut = change > 0.25F && change > 3 * usual_change_ + 0.1F && pixels > 0.3F;
    usual_change_ = cut ? usual_change_ : usual_change_ * 0.8F + change * 0.2F;
    return cut;
}

}  // namespace notify
