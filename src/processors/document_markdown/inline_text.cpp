#include "processors/document_markdown/inline_text.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

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

std::string Code(std::string_view text) {
    const auto fence = FenceFor(text, 1);
    const std::string_view room = text.starts_with('`') || text.ends_with('`') ? " " : "";
    return fmt::format("{0}{1}{2}{1}{0}", fence, room, text);
}

/// True for an address that a reader may follow: what a file says is not run.
bool MayLeadThere(std::string_view uri) {
    const auto end = uri.find_first_of(":/?#");
    if (end == std::string_view::npos || uri[end] != ':') {
        return true;  // beside the document
    }
    std::string scheme(uri.substr(0, end));
    std::ranges::transform(scheme, scheme.begin(), [](unsigned char c) {
        return static_cast<char>(std::tolower(c));
    });
    constexpr std::array<std::string_view, 5> kSchemes{"http", "https", "mailto", "ftp", "tel"};
    return std::ranges::find(kSchemes, scheme) != kSchemes.end();
}

/// The text as a link, when it may lead there.
std::string Linked(std::string text, std::string uri) {
    std::erase_if(uri, [](unsigned char c) { return c <= ' ' || c == '<' || c == '>' || c == '\\'; });
    if (uri.empty() || !MayLeadThere(uri)) {
        return text;
    }
    for (auto at = uri.find('&'); at != std::string::npos; at = uri.find('&', at + 1)) {
        uri.replace(at, 1, "&amp;");  // or it might spell a scheme: javascript&colon;
    }
    const bool is_plain = uri.find_first_of("()") == std::string::npos;
    return is_plain ? fmt::format("[{}]({})", text, uri) : fmt::format("[{}](<{}>)", text, uri);
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
    return span.text.substr(0, begin) + Linked(std::move(marked), span.uri) + span.text.substr(end);
}

/// True for "&lt;…" and "&#60;…", which Markdown would read as another character; not for "AT&T".
bool IsEntity(std::string_view text) {
    const auto end = text.find_first_not_of(
        "#0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", text.starts_with('&') ? 1 : 0
    );
    return text.starts_with('&') && end != std::string_view::npos && end > 1 && text[end] == ';';
}

}  // namespace

std::string Escaped(std::string_view text) {
    constexpr std::string_view kSigns = "\\`*_[]<~";
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (kSigns.find(text[i]) != std::string_view::npos || IsEntity(text.substr(i))) {
            result += '\\';
        }
        result += text[i];
    }
    return result;
}

std::string FenceFor(std::string_view text, std::size_t least) {
    std::size_t longest = 0;
    std::size_t here = 0;
    for (const char c : text) {
        here = c == '`' ? here + 1 : 0;
        longest = std::max(longest, here);
    }
    std::string fence(std::max(least, longest + 1), '`');
    return fence;
}

void JoinTo(std::vector<Span>& text, std::vector<Span> next, bool hyphenated, const Vocabulary& words) {
    if (!text.empty() && !next.empty()) {
        auto& last = text.back().text;
        const auto codes = CodesOf(std::string_view(next.front().text).substr(0, 4));
        const bool divided = hyphenated && last.ends_with('-') && !last.ends_with(" -") && !codes.empty();
        if (divided && IsLower(codes.front())) {
            const auto before = LastWord(std::string_view(last).substr(0, last.size() - 1));
            const auto after = std::string_view(next.front().text).substr(0, next.front().text.find(' '));
            if (!words.KeepsHyphen(before, after)) {
                last.pop_back();
            }
        } else if (!divided || !(IsLetter(codes.front()) || IsDigit(codes.front()))) {
            last += ' ';
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
        const auto next = Marked(span, plain);
        if (next.starts_with('[') && markdown.ends_with('!')) {
            markdown.insert(markdown.size() - 1, 1, '\\');  // or it were a picture, which readers load
        }
        markdown += next;
    }
    return markdown;
}

}  // namespace notify::document
