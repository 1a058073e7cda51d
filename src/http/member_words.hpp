#pragma once

// The words of schema_words.cpp for members that mean something else in one type than in others.

#include <span>
#include <string_view>

namespace notify {

struct MemberWords {
    std::string_view member;  ///< "name", or "Type.name" where it means something else.
    std::string_view meaning;
    std::string_view format;
};

/// Those of "Type.name", by that.
[[nodiscard]] std::span<const MemberWords> WordsOfTypes();

/// The same of people, their faces and what is decided about them.
[[nodiscard]] std::span<const MemberWords> WordsOfPeople();

/// The same of what is told, of whom it is told to, and of who may know.
[[nodiscard]] std::span<const MemberWords> WordsOfEvents();

}  // namespace notify
