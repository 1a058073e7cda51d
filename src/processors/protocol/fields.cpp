#include "processors/protocol/fields.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

const boost::json::value* Fields::Find(std::string_view key) {
    const auto* found = object_.if_contains(key);
    if (found == nullptr) {
        Fault(fmt::format("{} is missing", key));
    }
    return found;
}

std::string Fields::Text(std::string_view key, std::size_t limit) {
    const auto* found = Find(key);
    if (found == nullptr) {
        return {};
    }
    const auto* text = found->if_string();
    if (text == nullptr || text->size() > limit || !IsPrintable(*text)) {
        Fault(fmt::format("{} must be a text of at most {} bytes", key, limit));
        return {};
    }
    return std::string(*text);
}

std::string Fields::OptionalText(std::string_view key, std::size_t limit) {
    return object_.contains(key) ? Text(key, limit) : std::string();
}

std::uint64_t Fields::Count(std::string_view key) {
    const auto* found = Find(key);
    if (found == nullptr) {
        return 0;
    }
    if (found->is_uint64()) {
        return found->get_uint64();
    }
    if (found->is_int64() && found->get_int64() >= 0) {
        return static_cast<std::uint64_t>(found->get_int64());
    }
    Fault(fmt::format("{} must be a whole number", key));
    return 0;
}

double Fields::Fraction(std::string_view key) {
    const auto* found = Find(key);
    if (found == nullptr) {
        return 0;
    }
    const auto number = found->is_number() ? found->to_number<double>() : -1;
    const bool within = number >= 0 && number <= 1;  // false for no number
    if (!within) {
        Fault(fmt::format("{} must be a number from 0 to 1", key));
        return 0;
    }
    return number;
}

bool Fields::Flag(std::string_view key) {
    const auto* found = Find(key);
    if (found == nullptr) {
        return false;
    }
    if (!found->is_bool()) {
        Fault(fmt::format("{} must be true or false", key));
        return false;
    }
    return found->get_bool();
}

const boost::json::object& Fields::Object(std::string_view key) {
    static const boost::json::object none;
    const auto* found = Find(key);
    if (found == nullptr) {
        return none;
    }
    if (!found->is_object()) {
        Fault(fmt::format("{} must be an object", key));
        return none;
    }
    return found->get_object();
}

const boost::json::array& Fields::Array(std::string_view key, std::size_t limit) {
    static const boost::json::array none;
    const auto* found = Find(key);
    if (found == nullptr) {
        return none;
    }
    if (!found->is_array() || found->get_array().size() > limit) {
        Fault(fmt::format("{} must be a list of at most {}", key, limit));
        return none;
    }
    return found->get_array();
}

void Fields::Fault(std::string what) {
    if (fault_.empty()) {
        fault_ = std::move(what);
    }
}

Result<void> Fields::Check() const {
    if (!fault_.empty()) {
        return Fail(ErrorCode::kInvalidArgument, fault_);
    }
    return {};
}

bool IsPrintable(std::string_view text) noexcept {
    return std::ranges::none_of(text, [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || c == 0x7F;
    });
}

}  // namespace notify
