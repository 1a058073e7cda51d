#pragma once

// Boxes of a page as it is shown: points (1/72 inch) from its upper left corner, y downwards.

#include <algorithm>

namespace notify::document {

struct Box {
    float left = 0;
    float top = 0;
    float right = 0;
    float bottom = 0;

    [[nodiscard]] float Width() const noexcept { return right - left; }

    [[nodiscard]] float Height() const noexcept { return bottom - top; }

    [[nodiscard]] float Middle() const noexcept { return (left + right) / 2; }

    [[nodiscard]] float Centre() const noexcept { return (top + bottom) / 2; }

    /// The smallest box that holds both.
    void Add(const Box& other) noexcept {
        left = std::min(left, other.left);
        top = std::min(top, other.top);
        right = std::max(right, other.right);
        bottom = std::max(bottom, other.bottom);
    }

    /// True when the middle of `other` lies in this box.
    [[nodiscard]] bool HoldsMiddleOf(const Box& other) const noexcept {
        return other.Middle() >= left && other.Middle() <= right && other.Centre() >= top &&
               other.Centre() <= bottom;
    }

    /// True when they are nearer to each other than `distance` points in both directions.
    [[nodiscard]] bool IsNear(const Box& other, float distance) const noexcept {
        return left - distance < other.right && other.left - distance < right &&
               top - distance < other.bottom && other.top - distance < bottom;
    }
};

/// How much of the vertical extents is shared, in points; negative for the distance between them.
[[nodiscard]] inline float SharedHeight(const Box& a, const Box& b) noexcept {
    return std::min(a.bottom, b.bottom) - std::max(a.top, b.top);
}

/// The same of the horizontal extents.
[[nodiscard]] inline float SharedWidth(const Box& a, const Box& b) noexcept {
    return std::min(a.right, b.right) - std::max(a.left, b.left);
}

}  // namespace notify::document
