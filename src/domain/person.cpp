#include "domain/person.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>

#include "domain/named.hpp"

namespace notify {

double OverlapOf(const Box& a, const Box& b) noexcept {
    const double width = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
    const double height = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
    if (width <= 0 || height <= 0) {
        return 0;
    }
    const double both = width * height;
    return both / ((a.width * a.height) + (b.width * b.height) - both);
}

std::string_view ToString(Certainty certainty) noexcept {
    return kCertaintyWords.at(static_cast<std::size_t>(certainty));
}

std::string_view ToString(Recognition recognition) noexcept {
    return kRecognitionWords.at(static_cast<std::size_t>(recognition));
}

Recognition RecognitionOf(const Appearance& appearance) noexcept {
    if (appearance.person_name.empty()) {
        return Recognition::kNew;
    }
    if (appearance.by_user) {
        return Recognition::kUserConfirmed;
    }
    return appearance.certainty == Certainty::kConfirmed ? Recognition::kSystemConfirmed
                                                         : Recognition::kUnconfirmed;
}

std::optional<Certainty> CertaintyFrom(std::string_view text) noexcept {
    return Named<Certainty>(kCertaintyWords, text);
}

}  // namespace notify
