#include "processors/document_markdown/tags.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/pdfium.hpp"

namespace notify::document {

namespace {

constexpr int kMaxElements = 50'000;  // of a page; a damaged structure may lead back into itself
constexpr int kMaxDepth = 40;
constexpr int kMaxMarks = 100'000;

using Name = std::array<char16_t, 16>;

/// The level that a type of element gives to what is in it; `within` when it gives none.
std::int8_t LevelOf(FPDF_StructElementRecord* element, std::int8_t within) {
    Name type{};
    FPDF_StructElement_GetType(element, type.data(), sizeof(type));
    if (type[0] != u'H') {
        return within;
    }
    if (type[1] == u'\0') {
        return 1;
    }
    const bool numbered = type[1] >= u'1' && type[1] <= u'9' && type[2] == u'\0';
    return numbered ? static_cast<std::int8_t>(std::min(type[1] - u'0', 6)) : within;
}

bool IsArtifact(FPDF_PageObjectRecord* object) {
    const int marks = std::min(FPDFPageObj_CountMarks(object), kMaxDepth);
    for (int i = 0; i < marks; ++i) {
        Name name{};
        unsigned long length = 0;
        auto* const mark = FPDFPageObj_GetMark(object, static_cast<unsigned long>(i));
        if (mark != nullptr && FPDFPageObjMark_GetName(mark, name.data(), sizeof(name), &length) != 0 &&
            std::u16string_view(name.data()) == u"Artifact") {
            return true;
        }
    }
    return false;
}

}  // namespace

Tags::Tags(FPDF_PageRecord* page) {
    auto* const tree = FPDF_StructTree_GetForPage(page);
    if (tree == nullptr) {
        return;
    }
    const int count = FPDF_StructTree_CountChildren(tree);
    for (int i = 0; i < count && seen_ < kMaxElements; ++i) {
        Take(FPDF_StructTree_GetChildAtIndex(tree, i), 0, 0);
    }
    FPDF_StructTree_Close(tree);
}

void Tags::Take(FPDF_StructElementRecord* element, std::int8_t level, int depth) {
    if (element == nullptr || depth > kMaxDepth || ++seen_ > kMaxElements) {
        return;
    }
    level = LevelOf(element, level);
    const int count = FPDF_StructElement_CountChildren(element);
    for (int i = 0; i < count && seen_ <= kMaxElements; ++i) {
        const int mark = FPDF_StructElement_GetChildMarkedContentID(element, i);
        if (mark < 0) {
            Take(FPDF_StructElement_GetChildAtIndex(element, i), level, depth + 1);
        } else if (level != 0 && mark < kMaxMarks) {
            const auto index = static_cast<std::size_t>(mark);
            levels_.resize(std::max(levels_.size(), index + 1));
            levels_[index] = level;
        }
    }
}

std::int8_t Tags::Of(FPDF_PageObjectRecord* object) const {
    const int mark = FPDFPageObj_GetMarkedContentID(object);
    if (mark >= 0) {
        const auto index = static_cast<std::size_t>(mark);
        return index < levels_.size() ? levels_[index] : std::int8_t{0};
    }
    return IsArtifact(object) ? kArtifact : std::int8_t{0};
}

}  // namespace notify::document
