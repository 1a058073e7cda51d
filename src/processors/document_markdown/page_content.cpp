#include "processors/document_markdown/page_content.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "processors/document_markdown/geometry.hpp"
#include "processors/document_markdown/page_shapes.hpp"
#include "processors/document_markdown/pdfium.hpp"
#include "processors/document_markdown/tags.hpp"

namespace notify::document {

namespace {

constexpr int kMaxGlyphs = 200'000;
constexpr unsigned long kUriAction = 3;  // PDFACTION_URI
constexpr unsigned long kMaxUriBytes = 2'000;

bool NameHolds(const std::string& name, std::initializer_list<std::string_view> words) {
    return std::ranges::any_of(words, [&](std::string_view word) {
        return name.find(word) != std::string::npos;
    });
}

std::string LowerName(FPDF_FontRecord* font) {
    std::array<char, 128> buffer{};
    FPDFFont_GetBaseFontName(font, buffer.data(), buffer.size() - 1);
    std::string name(buffer.data());
    if (name.size() > 7 && name[6] == '+') {
        name.erase(0, 7);  // the mark of a subset
    }
    std::ranges::transform(name, name.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    return name;
}

/// What letters drawn by one text object share.
struct Hand {
    const FPDF_PageObjectRecord* object = nullptr;
    float size = 0;
    std::uint8_t look = kPlain;
    std::int8_t told = 0;
    int turns = 0;  ///< Quarter turns clockwise from upright.
};

/// Quarter turns of the direction of writing, in the space of the page: 0 for left to right.
int TurnsOf(const FS_MATRIX& matrix) noexcept {
    if (std::abs(matrix.a) >= std::abs(matrix.b)) {
        return matrix.a >= 0 ? 0 : 2;
    }
    return matrix.b > 0 ? 3 : 1;
}

/// The letters of a page before it is known which way is up.
struct RawGlyph {
    Glyph glyph;
    int turns = 0;
};

std::uint8_t Upright(const std::vector<RawGlyph>& glyphs, const PageFrame& frame) {
    std::array<std::size_t, 4> counts{};
    for (const auto& each : glyphs) {
        ++counts.at(static_cast<std::size_t>((each.turns + frame.turns) % 4));
    }
    return static_cast<std::uint8_t>(std::ranges::max_element(counts) - counts.begin());
}

bool IsSpace(unsigned int code) noexcept {
    return code == ' ' || code == '\r' || code == '\n' || code == '\t' || code == 0xA0 || code == 0;
}

}  // namespace

std::uint8_t PageReader::LookOf(FPDF_FontRecord* font) {
    if (font == nullptr) {
        return kPlain;
    }
    constexpr unsigned kFixedPitch = 1;
    constexpr unsigned kItalicFlag = 1U << 6U;
    constexpr unsigned kForceBold = 1U << 18U;
    constexpr int kBoldWeight = 600;
    const auto name = LowerName(font);
    const auto flags = static_cast<unsigned>(std::max(0, FPDFFont_GetFlags(font)));
    const int weight = FPDFFont_GetWeight(font);
    const auto [found, is_new] =
        looks_.try_emplace(name + '/' + std::to_string(flags) + '/' + std::to_string(weight), kPlain);
    if (is_new) {
        const bool math = NameHolds(name, {"cmmi", "cmsy", "cmex", "math", "msam", "msbm", "symbol"});
        unsigned look = kPlain;
        if ((flags & kForceBold) != 0 || weight >= kBoldWeight ||
            NameHolds(name, {"bold", "cmbx", "cmb10", "sfbx", "black", "heavy", "-medi", "_bd"})) {
            look |= kBold;
        }
        if (!math && ((flags & kItalicFlag) != 0 ||
                      NameHolds(name, {"ital", "obli", "cmti", "cmsl", "sfti", "slant", "cmbxti"}))) {
            look |= kItalic;
        }
        if ((flags & kFixedPitch) != 0 ||
            NameHolds(name, {"mono", "courier", "cmtt", "sftt", "typewriter", "consol", "menlo", "cmsltt"})) {
            look |= kMono;
        }
        found->second = static_cast<std::uint8_t>(look);
    }
    return found->second;
}

namespace {

/// Reads the letters of one page.
class TextRun {
public:
    TextRun(FPDF_TextPageRecord* text, const Tags& tags, PageContent& content)
        : text_(text), tags_(tags), content_(content) {}

    template <class LookOf>
    std::vector<RawGlyph> Read(const LookOf& look_of) {
        const int count = std::min(FPDFText_CountChars(text_), kMaxGlyphs);
        content_.cut = count == kMaxGlyphs;
        std::vector<RawGlyph> glyphs;
        glyphs.reserve(static_cast<std::size_t>(std::max(0, count)));
        bool gap = false;
        for (int i = 0; i < count; ++i) {
            const auto code = FPDFText_GetUnicode(text_, i);
            if (IsSpace(code)) {
                gap = true;
                continue;
            }
            RawGlyph raw;
            if (Place(i, raw, look_of)) {
                Name(i, code, raw.glyph);
                raw.glyph.gap_before = gap;
                glyphs.push_back(raw);
                gap = false;
            }
        }
        return glyphs;
    }

private:
    void Name(int index, unsigned int code, Glyph& glyph) {
        constexpr unsigned kHyphenMark = 2;  // PDFium's own, where a word goes on in the next line
        constexpr unsigned kSoftHyphen = 0xAD;
        const bool may_be_hyphen =
            code == '-' || code == kHyphenMark || code == kSoftHyphen || code == 0x2010;
        glyph.hyphen = may_be_hyphen && (code != '-' || FPDFText_IsHyphen(text_, index) == 1);
        glyph.code = may_be_hyphen ? U'-' : char32_t{code};
        if (code < 0x20 && !may_be_hyphen) {
            glyph.code = 0xFFFD;
        }
        if (glyph.code == 0xFFFD || FPDFText_HasUnicodeMapError(text_, index) == 1) {
            ++content_.unmapped;
        }
    }

    template <class LookOf>
    bool Place(int index, RawGlyph& raw, const LookOf& look_of) {
        FS_RECTF box{};
        double x = 0;
        double y = 0;
        if (FPDFText_GetLooseCharBox(text_, index, &box) == 0 ||
            FPDFText_GetCharOrigin(text_, index, &x, &y) == 0) {
            return false;
        }
        auto* const object = FPDFText_GetTextObject(text_, index);
        if (object == nullptr || object != hand_.object) {
            FS_MATRIX matrix{};
            FPDFText_GetMatrix(text_, index, &matrix);
            hand_ = {
                .object = object,
                .size =
                    static_cast<float>(FPDFText_GetFontSize(text_, index)) * std::hypot(matrix.c, matrix.d),
                .look = object == nullptr ? std::uint8_t{kPlain} : look_of(FPDFTextObj_GetFont(object)),
                .told = object == nullptr ? std::int8_t{0} : tags_.Of(object),
                .turns = TurnsOf(matrix),
            };
        }
        raw.turns = hand_.turns;
        raw.glyph.look = hand_.look;
        raw.glyph.told = hand_.told;
        raw.glyph.size = hand_.size;
        raw.glyph.box = {.left = box.left, .top = box.bottom, .right = box.right, .bottom = box.top};
        raw.glyph.baseline = static_cast<float>(hand_.turns % 2 == 0 ? y : x);
        return std::isfinite(box.left + box.right + box.top + box.bottom);
    }

    FPDF_TextPageRecord* text_;
    const Tags& tags_;
    PageContent& content_;
    Hand hand_;
};

void ReadLinks(
    FPDF_DocumentRecord* document, FPDF_PageRecord* page, PageContent& content, const PageFrame& frame
) {
    constexpr std::size_t kMaxLinks = 2'000;
    int position = 0;
    FPDF_LinkRecord* link = nullptr;
    while (content.links.size() < kMaxLinks && FPDFLink_Enumerate(page, &position, &link) != 0) {
        auto* const action = FPDFLink_GetAction(link);
        FS_RECTF area{};
        if (action == nullptr || FPDFAction_GetType(action) != kUriAction ||
            FPDFLink_GetAnnotRect(link, &area) == 0) {
            continue;
        }
        std::string uri(kMaxUriBytes, '\0');
        const auto bytes = FPDFAction_GetURIPath(document, action, uri.data(), kMaxUriBytes);
        uri.resize(bytes < 1 || bytes > kMaxUriBytes ? 0 : bytes - 1);
        if (!uri.empty()) {
            content.links.push_back({.box = frame.Shown(area), .uri = std::move(uri)});
        }
    }
}

}  // namespace

PageContent PageReader::Read(FPDF_PageRecord* page) {
    PageContent content;
    PageFrame frame(page);
    if (auto* const text = FPDFText_LoadPage(page); text != nullptr) {
        const auto glyphs =
            TextRun(text, Tags(page), content).Read([this](FPDF_FontRecord* font) { return LookOf(font); });
        FPDFText_ClosePage(text);
        const int upright = Upright(glyphs, frame);
        content.turns = upright;
        frame.Turn(4 - upright);
        content.glyphs.reserve(glyphs.size());
        for (const auto& [glyph, turns] : glyphs) {
            if ((turns + frame.turns) % 4 != 0) {
                ++content.sideways;
                continue;
            }
            auto& placed = content.glyphs.emplace_back(glyph);
            placed.box = frame.Shown(
                {.left = glyph.box.left,
                 .top = glyph.box.bottom,
                 .right = glyph.box.right,
                 .bottom = glyph.box.top}
            );
            placed.baseline = frame.ShownBaseline(glyph.baseline);
        }
    }
    content.width = frame.Width();
    content.height = frame.Height();
    ReadShapes(page, content, frame);
    ReadLinks(document_.Handle(), page, content, frame);
    return content;
}

}  // namespace notify::document
