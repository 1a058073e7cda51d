#include "processors/document_markdown/page_shapes.hpp"

#include <algorithm>
#include <cmath>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/pdfium.hpp"

namespace notify::document {

namespace {

constexpr float kThin = 2.5F;       // thicker strokes are drawings
constexpr float kShortest = 6.0F;   // shorter ones are parts of signs
constexpr int kMaxDepth = 8;        // of forms in forms
constexpr int kMaxShapes = 20'000;  // of a page; more are not looked at
constexpr int kMaxSegments = 64;    // of a path that may be made of straight lines

constexpr int kPathObject = 2;
constexpr int kImageObject = 3;
constexpr int kShadingObject = 4;
constexpr int kFormObject = 5;

FS_MATRIX Product(const FS_MATRIX& first, const FS_MATRIX& then) noexcept {
    return {
        .a = first.a * then.a + first.b * then.c,
        .b = first.a * then.b + first.b * then.d,
        .c = first.c * then.a + first.d * then.c,
        .d = first.c * then.b + first.d * then.d,
        .e = first.e * then.a + first.f * then.c + then.e,
        .f = first.e * then.b + first.f * then.d + then.f
    };
}

FS_RECTF Moved(const FS_RECTF& box, const FS_MATRIX& by) noexcept {
    const auto x = [&](float px, float py) { return px * by.a + py * by.c + by.e; };
    const auto y = [&](float px, float py) { return px * by.b + py * by.d + by.f; };
    const auto [left, right] = std::minmax(
        {x(box.left, box.bottom), x(box.left, box.top), x(box.right, box.bottom), x(box.right, box.top)}
    );
    const auto [bottom, top] = std::minmax(
        {y(box.left, box.bottom), y(box.left, box.top), y(box.right, box.bottom), y(box.right, box.top)}
    );
    return {.left = left, .top = top, .right = right, .bottom = bottom};
}

class ShapeRun {
public:
    ShapeRun(PageContent& content, const PageFrame& frame) : content_(content), frame_(frame) {}

    void Take(FPDF_PageObjectRecord* object, const FS_MATRIX& within, int depth) {
        if (object == nullptr || ++seen_ > kMaxShapes) {
            return;
        }
        const int type = FPDFPageObj_GetType(object);
        if (type == kFormObject && depth < kMaxDepth) {
            FS_MATRIX own{.a = 1, .b = 0, .c = 0, .d = 1, .e = 0, .f = 0};
            FPDFPageObj_GetMatrix(object, &own);
            const auto inner = Product(own, within);
            const int count = FPDFFormObj_CountObjects(object);
            for (int i = 0; i < count && seen_ <= kMaxShapes; ++i) {
                Take(FPDFFormObj_GetObject(object, static_cast<unsigned long>(i)), inner, depth + 1);
            }
            return;
        }
        FS_RECTF box{};
        if ((type != kPathObject && type != kImageObject && type != kShadingObject) ||
            FPDFPageObj_GetBounds(object, &box.left, &box.bottom, &box.right, &box.top) == 0) {
            return;
        }
        const auto shown = frame_.Shown(Moved(box, within));
        if (!std::isfinite(shown.left + shown.top + shown.right + shown.bottom) || shown.right < 0 ||
            shown.bottom < 0 || shown.left > content_.width || shown.top > content_.height) {
            return;
        }
        if (type == kImageObject) {
            content_.images.push_back(shown);
        } else if (type == kPathObject) {
            TakePath(object, shown, within);
        }
    }

private:
    void TakePath(FPDF_PageObjectRecord* path, const Box& box, const FS_MATRIX& within) {
        int fill = 0;
        int stroke = 0;
        FPDFPath_GetDrawMode(path, &fill, &stroke);
        if (fill == 0 && stroke == 0) {
            return;  // a clip
        }
        if (TakeStraight(box)) {
            return;
        }
        const int segments = FPDFPath_CountSegments(path);
        const bool frame = segments <= kMaxSegments && stroke != 0 && TakeSides(path, segments, within);
        const bool page = box.Width() > 0.9F * content_.width && box.Height() > 0.9F * content_.height;
        if (!frame && !page) {
            content_.drawings.push_back(box);
        }
    }

    bool TakeStraight(const Box& box) {
        if (box.Height() <= kThin && box.Width() >= kShortest) {
            content_.rules.push_back(box);
            return true;
        }
        if (box.Width() <= kThin && box.Height() >= kShortest) {
            content_.posts.push_back(box);
            return true;
        }
        return box.Width() <= kThin && box.Height() <= kThin;
    }

    /// The sides of frames and of grids that are one path; false when a part of it is neither level nor
    /// plumb.
    bool TakeSides(FPDF_PageObjectRecord* path, int segments, const FS_MATRIX& within) {
        FS_MATRIX own{.a = 1, .b = 0, .c = 0, .d = 1, .e = 0, .f = 0};
        FPDFPageObj_GetMatrix(path, &own);
        const auto all = Product(own, within);
        constexpr int kLine = 0;
        constexpr int kMove = 2;
        std::vector<Box> sides;
        Box last{};
        Box first{};
        const auto add = [&](const Box& from, const Box& to) {
            Box side = from;
            side.Add(to);
            sides.push_back(side);
            return side.Width() <= kThin || side.Height() <= kThin;
        };
        for (int i = 0; i < segments; ++i) {
            auto* const segment = FPDFPath_GetPathSegment(path, i);
            float x = 0;
            float y = 0;
            FPDFPathSegment_GetPoint(segment, &x, &y);
            const auto point = frame_.Shown(Moved({.left = x, .top = y, .right = x, .bottom = y}, all));
            const int type = FPDFPathSegment_GetType(segment);
            if (type == kMove) {
                first = point;
            } else if (type != kLine || !add(last, point)) {
                return false;
            }
            last = point;
        }
        if (!add(last, first)) {
            return false;
        }
        std::ranges::for_each(sides, [this](const Box& side) { TakeStraight(side); });
        return true;
    }

    PageContent& content_;
    const PageFrame& frame_;
    int seen_ = 0;
};

}  // namespace

PageFrame::PageFrame(FPDF_PageRecord* page) : turns(std::max(0, FPDFPage_GetRotation(page)) % 4) {
    FPDF_GetPageBoundingBox(page, &bounds);
    if (!(bounds.right > bounds.left) || !(bounds.top > bounds.bottom)) {
        constexpr FS_RECTF kLetter{.left = 0, .top = 792, .right = 612, .bottom = 0};
        bounds = kLetter;
    }
}

float PageFrame::Width() const noexcept {
    return turns % 2 == 0 ? bounds.right - bounds.left : bounds.top - bounds.bottom;
}

float PageFrame::Height() const noexcept {
    return turns % 2 == 0 ? bounds.top - bounds.bottom : bounds.right - bounds.left;
}

Box PageFrame::Shown(const FS_RECTF& area) const noexcept {
    switch (turns) {
        case 0:
            return {
                .left = area.left - bounds.left,
                .top = bounds.top - area.top,
                .right = area.right - bounds.left,
                .bottom = bounds.top - area.bottom
            };
        case 1:
            return {
                .left = area.bottom - bounds.bottom,
                .top = area.left - bounds.left,
                .right = area.top - bounds.bottom,
                .bottom = area.right - bounds.left
            };
        case 2:
            return {
                .left = bounds.right - area.right,
                .top = area.bottom - bounds.bottom,
                .right = bounds.right - area.left,
                .bottom = area.top - bounds.bottom
            };
        default:
            return {
                .left = bounds.top - area.top,
                .top = bounds.right - area.right,
                .right = bounds.top - area.bottom,
                .bottom = bounds.right - area.left
            };
    }
}

float PageFrame::ShownBaseline(float position) const noexcept {
    switch (turns) {
        case 0:
            return bounds.top - position;
        case 1:
            return position - bounds.left;
        case 2:
            return position - bounds.bottom;
        default:
            return bounds.right - position;
    }
}

void ReadShapes(FPDF_PageRecord* page, PageContent& content, const PageFrame& frame) {
    ShapeRun run(content, frame);
    const int count = std::min(FPDFPage_CountObjects(page), kMaxShapes);
    for (int i = 0; i < count; ++i) {
        run.Take(FPDFPage_GetObject(page, i), {.a = 1, .b = 0, .c = 0, .d = 1, .e = 0, .f = 0}, 0);
    }
}

}  // namespace notify::document
