#pragma once

// What a file's name says of its media type, before anybody reads it.

#include <span>
#include <string_view>

namespace notify {

struct NameType {
    std::string_view extension;  ///< Lower case, without the dot.
    std::string_view media_type;
};

/// The types that a file of that name may have, in the words that processors find by content
/// (media/media_type.cpp, media/document_type.cpp): several for a container of sound or pictures. Empty when
/// the name tells nothing. Whatever the case of the extension.
[[nodiscard]] std::span<const NameType> TypesOfName(std::string_view key);

/// What follows the last dot of the last part of the key, as it is; "" without one.
[[nodiscard]] std::string_view ExtensionOf(std::string_view key);

}  // namespace notify
