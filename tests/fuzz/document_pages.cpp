// Pages as a hostile PDF could place things on them: from letters, lines, drawings and images to Markdown.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "core/json.hpp"
#include "fuzz/promise.hpp"
#include "processors/document_markdown/headings.hpp"
#include "processors/document_markdown/markdown.hpp"
#include "processors/document_markdown/page_layout.hpp"
#include "processors/document_markdown/running_text.hpp"
#include "processors/document_markdown/vocabulary.hpp"

namespace notify::fuzz {
namespace {

using namespace notify::document;  // what is under test

constexpr std::size_t kRecordBytes = 12;
constexpr std::size_t kMostRecords = 2'000;

/// One thing on a page: its kind, its look, a letter, its place and its size.
class Record {
public:
    explicit Record(std::span<const std::uint8_t, kRecordBytes> bytes) : bytes_(bytes) {}

    [[nodiscard]] int Kind() const { return bytes_[0] % 8; }

    [[nodiscard]] bool EndsPage() const { return bytes_[0] > 250; }

    [[nodiscard]] std::uint8_t Look() const { return bytes_[1] & 0x1FU; }

    [[nodiscard]] std::uint8_t Flags() const { return bytes_[1] >> 5U; }

    [[nodiscard]] char32_t Code() const {
        const auto code = static_cast<char32_t>(bytes_[2]) | static_cast<char32_t>(bytes_[3] & 0x0FU) << 8U;
        return code;
    }

    /// Mostly on the page, sometimes far off.
    [[nodiscard]] float Number(std::size_t at) const {
        const auto value = static_cast<std::int16_t>(bytes_[at] | bytes_[at + 1] << 8U);
        const float points = static_cast<float>(value) / 16;
        return value == INT16_MIN ? 1e9F : points;
    }

    [[nodiscard]] document::Box Place() const {
        const float left = Number(4);
        const float top = Number(6);
        return {
            .left = left,
            .top = top,
            .right = left + std::max(0.0F, Number(8)),
            .bottom = top + std::max(0.0F, Number(10))
        };
    }

private:
    std::span<const std::uint8_t, kRecordBytes> bytes_;
};

void Put(const Record& record, PageContent& page) {
    const auto box = record.Place();
    switch (record.Kind()) {
        case 0:
            page.rules.push_back(
                {.left = box.left, .top = box.top, .right = box.right, .bottom = box.top + 0.5F}
            );
            return;
        case 1:
            page.posts.push_back(
                {.left = box.left, .top = box.top, .right = box.left + 0.5F, .bottom = box.bottom}
            );
            return;
        case 2:
            page.drawings.push_back(box);
            return;
        case 3:
            page.images.push_back(box);
            return;
        case 4:
            page.links.push_back({.box = box, .uri = "https://example.org/)("});
            return;
        default:
            page.glyphs.push_back(
                {.code = record.Code(),
                 .box = box,
                 .baseline = box.bottom,
                 .size = box.Height(),
                 .look = record.Look(),
                 .told = static_cast<std::int8_t>(record.Flags() == 7 ? kArtifact : record.Flags() % 4),
                 .hyphen = record.Flags() == 5,
                 .gap_before = (record.Flags() & 1U) != 0}
            );
    }
}

std::vector<PageLayout> PagesOf(std::span<const std::uint8_t> data, Vocabulary& words) {
    std::vector<PageLayout> pages;
    PageContent page{.width = 612, .height = 792};
    const auto close = [&] {
        pages.push_back(LayoutOf(page, static_cast<int>(pages.size())));
        page = PageContent{.width = 612, .height = 792};
    };
    for (std::size_t i = 0; i < kMostRecords && data.size() >= kRecordBytes; ++i) {
        const Record record(data.first<kRecordBytes>());
        data = data.subspan(kRecordBytes);
        Put(record, page);
        if (record.EndsPage()) {
            close();
        }
    }
    close();
    for (const auto& each : pages) {
        for (const auto& block : each.blocks) {
            if (const auto* const column = std::get_if<Column>(&block)) {
                for (const auto& line : column->lines) {
                    words.Learn(line.Text());
                }
            }
        }
    }
    return pages;
}

}  // namespace
}  // namespace notify::fuzz

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace notify;  // the hook has no namespace
    document::Vocabulary words;
    auto pages = fuzz::PagesOf({data, size}, words);
    const auto count = pages.size();
    const auto dropped = document::DropRunningText(pages);
    fuzz::Promise(dropped.headers >= 0 && dropped.footers >= 0 && pages.size() == count, "no page is lost");
    const std::vector<document::Bookmark> outline{{.level = 2, .page = 0, .title = "A title"}};
    for (const auto& marks : {std::vector<document::Bookmark>(), outline}) {
        const document::Headings headings(pages, marks);
        document::MarkdownWriter writer(headings, words, true);
        for (const auto& page : pages) {
            writer.Add(page);
        }
        const auto text = writer.Finish();
        fuzz::Promise(ParseJson(ToJsonText(boost::json::value(text))).has_value(), "the text is UTF-8");
        for (const auto& entry : writer.Outline()) {
            fuzz::Promise(
                entry.level >= 1 && entry.level <= 6 && !entry.title.empty(),
                "an entry has a level and a title"
            );
            fuzz::Promise(entry.page >= 1 && entry.page <= static_cast<int>(count), "an entry is on a page");
        }
    }
    return 0;
}
