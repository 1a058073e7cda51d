#include "sources/messages/members.hpp"

#include <algorithm>
#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify::messages {

namespace {

constexpr std::size_t kUuidLength = 36;

char Lower(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
}

bool IsHyphen(std::size_t place) noexcept {
    return place == 8 || place == 13 || place == 18 || place == 23;
}

}  // namespace

bool SameWord(std::string_view a, std::string_view b) noexcept {
    return std::ranges::equal(a, b, {}, Lower, Lower);
}

const boost::json::value* Member(const boost::json::object& json, std::string_view name) {
    const auto* found = json.if_contains(name);
    if (found == nullptr) {
        const auto* const same =
            std::ranges::find_if(json, [&](const auto& member) { return SameWord(member.key(), name); });
        found = same == json.end() ? nullptr : &same->value();
    }
    return found == nullptr || found->is_null() ? nullptr : found;
}

std::string Text(const boost::json::object& json, std::string_view name) {
    const auto* found = Member(json, name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : std::string();
}

const boost::json::object& Inner(const boost::json::object& json, std::string_view name) {
    static const boost::json::object none;
    const auto* found = Member(json, name);
    return found != nullptr && found->is_object() ? found->get_object() : none;
}

bool IsName(std::string_view text) noexcept {
    return !text.empty() && text.find('\0') == std::string_view::npos;
}

Unexpected NotUnderstood(std::string_view reason, std::string sentence) {
    return Unexpected(
        Error{
            .code = ErrorCode::kInvalidArgument,
            .stage = "parse",
            .reason = std::string(reason),
            .message = std::move(sentence)
        }
    );
}

std::string UuidOf(std::string_view text) {
    if (text.size() != kUuidLength) {
        return {};
    }
    std::string id(text);
    std::ranges::transform(id, id.begin(), Lower);
    for (std::size_t i = 0; i < id.size(); ++i) {
        const bool is_digit = (id[i] >= '0' && id[i] <= '9') || (id[i] >= 'a' && id[i] <= 'f');
        if (IsHyphen(i) ? id[i] != '-' : !is_digit) {
            return {};
        }
    }
    return id;
}

}  // namespace notify::messages
