#include "processors/document_markdown/vocabulary.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include "processors/document_markdown/unicode.hpp"

namespace notify::document {

namespace {

constexpr std::size_t kMostWords = 200'000;

std::string LowerWord(std::string_view text) {
    std::string word;
    for (const char32_t code : CodesOf(text)) {
        if (IsLetter(code) || code == U'-') {
            AppendUtf8(word, LowerOf(code));
        }
    }
    return word;
}

}  // namespace

void Vocabulary::Learn(std::string_view text) {
    while (!text.empty() && words_.size() < kMostWords) {
        const auto end = text.find(' ');
        const auto word = LowerWord(text.substr(0, end));
        if (!word.empty() && word.back() != '-') {
            (word.find('-') == std::string::npos ? words_ : compounds_).insert(word);
        }
        text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
    }
}

bool Vocabulary::KeepsHyphen(std::string_view before, std::string_view after) const {
    const auto left = LowerWord(before);
    const auto right = LowerWord(after);
    if (words_.contains(left + right)) {
        return false;
    }
    if (compounds_.contains(left + '-' + right)) {
        return true;
    }
    return left.find('-') != std::string::npos && words_.contains(right);
}

}  // namespace notify::document
