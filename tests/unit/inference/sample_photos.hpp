#pragma once

// The public sample photos and the real models, as tests use them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "inference/face_models.hpp"
#include "inference/image_view.hpp"

namespace notify {

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

/// A sample photo by name, reduced by an eighth's multiple until its long side is at most `longest_side`.
[[nodiscard]] Photo DecodeSample(const std::string& name, int longest_side);

/// The whole file; empty when it cannot be read.
[[nodiscard]] std::string ModelBytes(const std::string& name);

/// The real models, loaded once for the process.
[[nodiscard]] FaceModels& SharedModels();

/// The largest face of a sample photo as facial recognition sees it: found at 640 pixels, cut from the full
/// photo.
[[nodiscard]] FaceChip SampleChip(const std::string& name);

}  // namespace notify
