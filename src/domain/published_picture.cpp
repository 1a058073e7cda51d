#include "domain/published_picture.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <fmt/format.h>

namespace notify {

namespace {

constexpr std::string_view kStem = "image-";
constexpr std::string_view kExtension = ".jpg";

}  // namespace

std::string PictureName(std::size_t number) {
    return fmt::format("{}{}{}", kStem, number, kExtension);
}

bool IsPictureKey(std::string_view key) noexcept {
    const auto name = key.rfind('/') + 1;  // npos + 1 is 0
    if (!key.substr(0, name).ends_with(kPictureFolderSuffix) || !key.substr(name).starts_with(kStem) ||
        !key.ends_with(kExtension)) {
        return false;
    }
    const auto digits = key.substr(name + kStem.size());
    const auto end = digits.find_first_not_of("0123456789");
    return end > 0 && digits.substr(end) == kExtension;
}

}  // namespace notify
