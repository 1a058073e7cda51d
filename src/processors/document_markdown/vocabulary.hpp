#pragma once

// The words of a document, by which words that were divided at the end of a line are put together.

#include <string>
#include <string_view>
#include <unordered_set>

namespace notify::document {

class Vocabulary {
public:
    /// Takes in the words of a line, but for its last one when that is divided.
    void Learn(std::string_view text);

    /// True when the hyphen between two parts of a word is its own ("well-known") and stays.
    [[nodiscard]] bool KeepsHyphen(std::string_view before, std::string_view after) const;

private:
    std::unordered_set<std::string> words_;
    std::unordered_set<std::string> compounds_;
};

}  // namespace notify::document
