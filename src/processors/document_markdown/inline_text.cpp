#include "processors/document_markdown/inline_text.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "processors/document_markdown/line.hpp"
#include "processors/document_markdown/page_content.hpp"
#include "processors/document_markdown/unicode.hpp"
#include "processors/document_markdown/vocabulary.hpp"

namespace notify::document {

namespace {

void AppendSpan(std::vector<Span>& text, Span span) {
    if (!text.empty() && text.back().look == span.look && text.back().uri == span.uri) {
        text.back().text += span.text;
    } else {
        text.push_back(std::move(span));
    }
}

std::string_view LastWord(std::string_view text) {
    const auto space = text.rfind(' ');
    return space == std::string_view::npos ? text : text.substr(space + 1);
}

std::string WithoutLeaders(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size();) {
        auto end = at;
        std::size_t dots = 0;
        while (end < text.size() && (text[end] == '.' || text[end] == ' ')) {
            dots += text[end] == '.' ? 1U : 0U;
            ++end;
        }
        constexpr std::size_t kLeaders = 4;
        if (dots >= kLeaders) {
            result += ' ';
            at = end;
        } else {
            end = std::max(end, at + 1);
            result += text.substr(at, end - at);
            at = end;
        }
    }
    return result;
}

std::string Escaped(std::string_view text) {
    constexpr std::string_view kSigns = "\\`*_[]<";
    std::string result;
    for (const char c : text) {
        if (kSigns.find(c) != std::string_view::npos) {
            result += '\\';
        }
        result += c;
    }
    return result;
}

std::string Code(std::string_view text) {
    const std::string fence = text.find('`') == std::string_view::npos ? "`" : "``";
    return fence + std::string(text) + fence;
}

/// `text` between marks, which stand beside its letters and not beside spaces.
std::string Marked(const Span& span, bool plain) {
    const auto begin = span.text.find_first_not_of(' ');
    if (begin == std::string::npos) {
        return span.text;
    }
    const auto end = span.text.find_last_not_of(' ') + 1;
    const auto core = std::string_view(span.text).substr(begin, end - begin);
    auto marked = (span.look & kMono) != 0 && !plain ? Code(core) : Escaped(core);
    if (!plain && (span.look & kMono) == 0) {
        const std::string_view stars = (span.look & kBold) != 0 ? (span.look & kItalic) != 0 ? "***" : "**"
                                       : (span.look & kItalic) != 0 ? "*"
                                                                    : "";
        marked.insert(0, stars).append(stars);
    }
    if ((span.look & kRaised) != 0) {
        marked = "<sup>" + marked + "</sup>";
    } else if ((span.look & kLowered) != 0) {
        marked = "<sub>" + marked + "</sub>";
    }
    if (!span.uri.empty()) {
        std::string uri = span.uri;
        std::erase_if(uri, [](unsigned char c) { return c <= ' ' || c == '<' || c == '>'; });
        marked = "[" + marked + "](<" + uri + ">)";
        if (uri.find_first_of("()") == std::string::npos) {
            marked.replace(marked.size() - uri.size() - 4, uri.size() + 4, "(" + uri + ")");
        }
    }
    return span.text.substr(0, begin) + marked + span.text.substr(end);
}

}  // namespace

void JoinTo(std::vector<Span>& text, std::vector<Span> next, bool hyphenated, const Vocabulary& words) {
    if (!text.empty() && !next.empty()) {
        auto& last = text.back().text;
        const auto codes = CodesOf(std::string_view(next.front().text).substr(0, 4));
        const bool goes_on = hyphenated && last.ends_with('-') && !codes.empty() && IsLower(codes.front());
        if (!goes_on) {
            last += ' ';
        } else if (!words.KeepsHyphen(
                       LastWord(std::string_view(last).substr(0, last.size() - 1)),
                       std::string_view(next.front().text).substr(0, next.front().text.find(' '))
                   )) {
            last.pop_back();
        }
    }
    for (auto& span : next) {
        AppendSpan(text, std::move(span));
    }
}

std::vector<Span> Joined(const std::vector<Line>& lines, const Vocabulary& words) {
    std::vector<Span> text;
    bool hyphenated = false;
    for (const auto& line : lines) {
        auto spans = line.spans;
        for (auto& span : spans) {
            span.text = WithoutLeaders(span.text);
        }
        JoinTo(text, std::move(spans), hyphenated, words);
        hyphenated = line.hyphenated;
    }
    return text;
}

std::string MarkdownOf(const std::vector<Span>& spans, bool plain) {
    std::string markdown;
    for (const auto& span : spans) {
        markdown += Marked(span, plain);
    }
    return markdown;
}

}  // namespace notify::document
