#pragma once

// The photos of the evaluation data, decoded for benchmarks.

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "inference/image_view.hpp"

namespace notify::bench {

/// An image of its own pixels, blue first.
struct Photo {
    int width = 0;
    int height = 0;
    std::vector<std::uint8_t> bgr;

    [[nodiscard]] ImageView View() const {
        return {
            .pixels = bgr.data(),
            .width = width,
            .height = height,
            .stride_bytes = std::ptrdiff_t{width} * 3,
            .order = ChannelOrder::kBgr
        };
    }
};

/// The JPEG files under `folder`, sorted, at most `most` of them evenly chosen.
[[nodiscard]] std::vector<std::filesystem::path> ListPhotos(
    const std::filesystem::path& folder, std::size_t most
);

/// Decodes a JPEG, reduced by a multiple of an eighth until its long side is at most `longest_side`.
/// Nothing when the file is no JPEG.
[[nodiscard]] std::optional<Photo> DecodePhoto(const std::filesystem::path& path, int longest_side);

}  // namespace notify::bench
