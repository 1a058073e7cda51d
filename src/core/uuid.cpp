#include "core/uuid.hpp"

#include <cstddef>
#include <string>
#include <string_view>

#include <boost/uuid/name_generator_sha1.hpp>
#include <boost/uuid/string_generator.hpp>
#include <boost/uuid/uuid_io.hpp>

namespace notify {

namespace {

constexpr std::size_t kLength = 36;

bool IsHyphen(std::size_t place) noexcept {
    return place == 8 || place == 13 || place == 18 || place == 23;
}

}  // namespace

std::string UuidOf(std::string_view text) {
    if (text.size() != kLength) {
        return {};
    }
    std::string id(text);
    for (std::size_t i = 0; i < id.size(); ++i) {
        auto& letter = id[i];
        letter = letter >= 'A' && letter <= 'F' ? static_cast<char>(letter - 'A' + 'a') : letter;
        const bool is_digit = (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'f');
        if (IsHyphen(i) ? letter != '-' : !is_digit) {
            return {};
        }
    }
    return id;
}

std::string NamedUuid(std::string_view space, std::string_view name) {
    const auto root = boost::uuids::string_generator()(space.begin(), space.end());
    return to_string(boost::uuids::name_generator_sha1(root)(name.data(), name.size()));
}

}  // namespace notify
