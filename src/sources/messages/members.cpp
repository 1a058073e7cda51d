#include "sources/messages/members.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify::messages {

namespace {

char Lower(char letter) noexcept {
    return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter - 'A' + 'a') : letter;
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

}  // namespace notify::messages
