#include "domain/news.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

#include "domain/named.hpp"

namespace notify {

std::string_view ToString(NewsKind kind) noexcept {
    return kNewsKindWords.at(static_cast<std::size_t>(kind));
}

std::optional<NewsKind> NewsKindFrom(std::string_view text) noexcept {
    return Named<NewsKind>(kNewsKindWords, text);
}

}  // namespace notify
