// Whole documents, as PDFium reads them. What hostile ones do to the child: tests/functional.

#include "processors/document_markdown/processor.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "core/byte_source.hpp"
#include "core/json.hpp"

namespace notify {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

class Bytes final : public ByteSource {
public:
    explicit Bytes(std::string bytes) : bytes_(std::move(bytes)) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_.size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        const auto part =
            std::string_view(bytes_).substr(std::min<std::size_t>(offset, bytes_.size()), into.size());
        std::ranges::copy(std::as_bytes(std::span(part)), into.begin());
        return part.size();
    }

private:
    std::string bytes_;
};

std::string Text(int x, int y, std::string_view words) {
    return fmt::format("BT /F1 10 Tf {} {} Td ({}) Tj ET\n", x, y, words);
}

/// A PDF of these pages' contents. `trailer` and `more` objects as they stand in the file.
std::string Pdf(
    const std::vector<std::string>& pages,
    const std::string& trailer = {},
    const std::map<int, std::string>& more = {}
) {
    std::map<int, std::string> objects{
        {1, "<< /Type /Catalog /Pages 2 0 R >>"},
        {3, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"}
    };
    std::string kids;
    for (std::size_t i = 0; i < pages.size(); ++i) {
        const auto number = static_cast<int>(10 + 2 * i);
        kids += fmt::format("{} 0 R ", number);
        objects[number] = fmt::format(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents {} 0 R "
            "/Resources << /Font << /F1 3 0 R >> >> >>",
            number + 1
        );
        objects[number + 1] =
            fmt::format("<< /Length {} >>\nstream\n{}\nendstream", pages[i].size(), pages[i]);
    }
    objects[2] = fmt::format("<< /Type /Pages /Kids [{}] /Count {} >>", kids, pages.size());
    for (const auto& [number, body] : more) {
        objects[number] = body;
    }
    std::string file = "%PDF-1.7\n";
    std::string table = "0000000000 65535 f \n";
    const int count = objects.rbegin()->first + 1;
    for (int number = 1; number < count; ++number) {
        const auto found = objects.find(number);
        table +=
            found == objects.end() ? "0000000000 00000 f \n" : fmt::format("{:010} 00000 n \n", file.size());
        if (found != objects.end()) {
            file += fmt::format("{} 0 obj\n{}\nendobj\n", number, found->second);
        }
    }
    const auto start = file.size();
    return file + fmt::format(
                      "xref\n0 {0}\n{1}trailer << /Size {0} /Root 1 0 R {2} >>\nstartxref\n{3}\n%%EOF\n",
                      count,
                      table,
                      trailer,
                      start
                  );
}

struct Done {
    std::string markdown;
    boost::json::object document;
    std::string warnings;
};

Result<Output> OutputOf(
    std::string file, DocumentSettings settings = {}, std::string type = "application/pdf"
) {
    Bytes bytes(std::move(file));
    return MakeDocumentMarkdown(std::move(settings))
        ->Run(bytes, {.stop = {}, .progress = [](double) {}, .media_type = std::move(type)});
}

Done Convert(std::string file, DocumentSettings settings = {}) {
    auto output = OutputOf(std::move(file), std::move(settings));
    if (!output) {
        ADD_FAILURE() << output.error().message;
        return {};
    }
    Done done{
        .markdown = output->artifacts.back().bytes, .document = std::move(output->document), .warnings = {}
    };
    for (const auto& each : done.document.at("warnings").as_array()) {
        done.warnings += std::string(each.as_string()) + "\n";
    }
    return done;
}

TEST(Document, IsReadWithoutAWarning) {
    const auto done = Convert(Pdf({Text(72, 700, "These are words.")}));
    EXPECT_EQ(done.markdown, "These are words.\n\n");
    EXPECT_THAT(done.warnings, IsEmpty());
    EXPECT_EQ(done.document.at("pages"), 1);
}

TEST(Document, WhoseTableIsDamagedIsReadAndWarnedOf) {
    auto file = Pdf({Text(72, 700, "These are words.")});
    file.replace(file.find("startxref\n") + 10, 1, "99");
    const auto done = Convert(file);
    EXPECT_EQ(done.markdown, "These are words.\n\n");
    EXPECT_THAT(done.warnings, HasSubstr("cross-reference is damaged or cut off"));
}

TEST(Document, ThatIsCutOffIsReadAsFarAsItGoesOrFails) {
    const auto file = Pdf({Text(72, 700, "These are words.")});
    const auto cut = OutputOf(file.substr(0, file.size() / 3));
    ASSERT_FALSE(cut);
    EXPECT_EQ(cut.error().code, ErrorCode::kInvalidArgument);
    EXPECT_EQ(cut.error().reason, "damaged");
    const auto most = Convert(file.substr(0, file.find("startxref")));
    EXPECT_THAT(most.warnings, HasSubstr("cut off"));
}

TEST(Document, WithoutTextSaysSo) {
    EXPECT_EQ(Convert(Pdf({"", "0 0 m 9 9 l S"})).warnings, "no text was found on any page\n");
    EXPECT_EQ(Convert(Pdf({})).warnings, "no page was read\n");
}

TEST(Document, IsReadBetweenItsFirstAndItsLastPage) {
    std::vector<std::string> pages;
    for (const auto* const word : {"one", "two", "three", "four"}) {
        pages.push_back(Text(72, 400, fmt::format("Words of page {}.", word)));
    }
    const auto done = Convert(Pdf(pages), {.first_page = 2, .last_page = 3});
    EXPECT_EQ(done.markdown, "Words of page two.\n\nWords of page three.\n\n");
    EXPECT_EQ(Convert(Pdf(pages), {.first_page = 4}).markdown, "Words of page four.\n\n");
    EXPECT_EQ(Convert(Pdf(pages), {.first_page = 5}).warnings, "no page was read\n");
}

TEST(Document, OfManyPagesHasEachOnceInItsOrder) {
    std::vector<std::string> pages;
    std::string expected;
    for (int page = 1; page <= 405; ++page) {
        pages.push_back(Text(72, 700, fmt::format("Words of page {}.", page)));
        expected += fmt::format("Words of page {}.\n\n", page);
    }
    EXPECT_EQ(Convert(Pdf(pages)).markdown, expected);
}

TEST(Document, TellsOfItsProgressPageByPage) {
    Bytes bytes(Pdf(std::vector<std::string>(8, Text(72, 700, "Words."))));
    std::vector<double> told;
    const RunContext context{
        .stop = {}, .progress = [&](double done) { told.push_back(done); }, .media_type = "application/pdf"
    };
    ASSERT_TRUE(MakeDocumentMarkdown({})->Run(bytes, context));
    EXPECT_EQ(told.size(), 8);
    EXPECT_TRUE(std::ranges::is_sorted(told));
    EXPECT_NEAR(told.at(4), 0.95 * 4 / 8, 1e-9);
    EXPECT_LE(told.back(), 1);
}

TEST(Document, IsLeftWhenItIsCancelled) {
    Bytes bytes(Pdf(std::vector<std::string>(8, Text(72, 700, "Words."))));
    std::stop_source stop;
    int pages = 0;
    const RunContext context{
        .stop = stop.get_token(),
        .progress =
            [&](double) {
                if (++pages == 3) {
                    stop.request_stop();
                }
            },
        .media_type = "application/pdf"
    };
    const auto done = MakeDocumentMarkdown({})->Run(bytes, context);
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, ErrorCode::kCancelled);
    EXPECT_EQ(pages, 3);
}

TEST(Document, HasLettersInAnotherDirectionLeftOutAndCounted) {
    const auto done = Convert(
        Pdf({Text(72, 700, "These are words.") + "q 0 1 -1 0 300 300 cm\n" + Text(0, 0, "Margin") + "Q\n"})
    );
    EXPECT_EQ(done.markdown, "These are words.\n\n");
    EXPECT_EQ(done.warnings, "6 letters stand in another direction than their page and were left out\n");
}

TEST(Document, OfLettersWithoutEndIsCutAndWarnedOf) {
    std::string rows;
    for (int i = 0; i < 2'600; ++i) {
        rows += Text(72, 700 - i % 600, fmt::format("row {} {:a>100}", i, ""));
    }
    EXPECT_THAT(Convert(Pdf({rows})).warnings, HasSubstr("of 1 pages not all letters were read"));
}

TEST(Document, ThatIsEncryptedFailsWithItsReason) {
    const auto unknown = OutputOf(
        Pdf({Text(72, 700, "x")}, "/Encrypt 7 0 R /ID [<00> <00>]", {{7, "<< /Filter /Acme /V 9 >>"}})
    );
    ASSERT_FALSE(unknown);
    EXPECT_EQ(unknown.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(unknown.error().reason, "unknown_encryption");
    const std::string standard =
        fmt::format("<< /Filter /Standard /V 1 /R 2 /P -4 /O <{0:0>64}> /U <{0:0>64}> >>", 1);
    const auto locked = Pdf({Text(72, 700, "x")}, "/Encrypt 7 0 R /ID [<00> <00>]", {{7, standard}});
    EXPECT_EQ(OutputOf(locked).error().reason, "encrypted");
    const auto shut = OutputOf(locked, {.password = "geheim"});
    EXPECT_EQ(shut.error().reason, "wrong_password");
    EXPECT_THAT(shut.error().message, Not(HasSubstr("geheim")));
}

TEST(Document, ThatIsAPictureIsReadOnlyWithOcr) {
    const auto refused = OutputOf("\xff\xd8", {}, "image/jpeg");
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::kUnsupported);
    EXPECT_EQ(OutputOf("\xff\xd8", {.ocr = Ocr::kAuto}, "image/jpeg").error().reason, "damaged");
}

TEST(DocumentSettings, AreThoseOfTheConfiguration) {
    const auto read = [](std::string_view json) {
        return ReadDocumentSettings(ParseJson(json).value().as_object());
    };
    const auto settings = read(
        R"({"first_page": 2, "last_page": 9, "images": false, "ocr": "auto", "languages": "eng+deu", "password": "x", "page_separators": true})"
    );
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->first_page, 2);
    EXPECT_EQ(settings->last_page, 9);
    EXPECT_FALSE(settings->images);
    EXPECT_EQ(settings->ocr, Ocr::kAuto);
    EXPECT_THAT(settings->languages, testing::ElementsAre("eng", "deu"));
    EXPECT_EQ(settings->password, "x");
    EXPECT_TRUE(settings->page_separators);
    EXPECT_EQ(read(R"({"first_page": "2"})").error().code, ErrorCode::kInvalidArgument);
}

}  // namespace
}  // namespace notify
