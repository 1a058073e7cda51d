#pragma once

// Described structs (Boost.Describe) ↔ JSON, and their schemas: one declaration for code, validation and
// OpenAPI.
//
//   struct Pause { bool active = true; std::optional<std::string> note; };
//   BOOST_DESCRIBE_STRUCT(Pause, (), (active, note))
//
// Members: bool, std::string, int, std::int64_t, double, boost::json::value (anything), Word, Name, Within,
// described structs, and std::optional or std::vector of these. Reading is strict: an unknown member, a wrong
// type or a missing member (one that is neither optional nor a vector) is refused with its JSON pointer.

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <boost/mp11.hpp>
#include <fmt/format.h>

#include "core/result.hpp"
#include "http/json_pointer.hpp"
#include "http/names.hpp"
#include "http/schema_words.hpp"

namespace notify {

/// The name of a described type in the OpenAPI document: its own without a trailing "View".
template <class T>
constexpr std::string_view TypeName() {
    std::string_view name = __PRETTY_FUNCTION__;
    name = name.substr(name.find("T = ") + 4);
    name = name.substr(0, name.find_first_of(";]"));
    name = name.substr(name.rfind(':') + 1);
    return name.ends_with("View") && name.size() > 4 ? name.substr(0, name.size() - 4) : name;
}

/// A text that is one of `Words`, a constexpr array of std::string_view.
template <const auto& Words>
struct Word {
    std::string text;
};

/// A text that IsName().
struct Name {
    std::string text;
};

/// A number from `Least` to `Most`.
template <class Number, int Least, int Most>
struct Within {
    Number value{};
};

namespace described {

template <class T>
inline constexpr bool kIsWord = false;
template <const auto& Words>
inline constexpr bool kIsWord<Word<Words>> = true;
template <class T>
inline constexpr bool kIsWithin = false;
template <class Number, int Least, int Most>
inline constexpr bool kIsWithin<Within<Number, Least, Most>> = true;
template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

template <class T>
using Members =
    boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class T>
boost::json::value ToJson(const T& value) {
    if constexpr (kIsOptional<T>) {
        return value ? ToJson(*value) : boost::json::value(nullptr);
    } else if constexpr (kIsVector<T>) {
        boost::json::array array;
        for (const auto& each : value) {
            array.push_back(ToJson(each));
        }
        return array;
    } else if constexpr (kIsWord<T> || std::same_as<T, Name>) {
        return boost::json::value(value.text);
    } else if constexpr (kIsWithin<T>) {
        return boost::json::value(value.value);
    } else if constexpr (boost::describe::has_describe_members<T>::value) {
        boost::json::object object;
        boost::mp11::mp_for_each<Members<T>>([&](auto member) {
            object[member.name] = ToJson(value.*member.pointer);
        });
        return object;
    } else {
        return boost::json::value(value);
    }
}

/// A fault with its place.
struct Fault {
    std::string pointer;  ///< RFC 6901; "" is the whole.
    std::string what;
};

template <class T>
std::optional<Fault> FromJson(const boost::json::value& json, T& value, const std::string& pointer);

template <class T>
std::optional<Fault> FromOptional(
    const boost::json::value& json, std::optional<T>& value, const std::string& pointer
) {
    if (json.is_null()) {
        value.reset();
        return std::nullopt;
    }
    return FromJson(json, value.emplace(), pointer);
}

template <class T>
std::optional<Fault> FromList(
    const boost::json::value& json, std::vector<T>& value, const std::string& pointer
) {
    if (!json.is_array()) {
        return Fault{.pointer = pointer, .what = "must be a list"};
    }
    value.clear();
    for (const auto& each : json.get_array()) {
        const auto place = fmt::format("{}/{}", pointer, value.size());
        if (auto fault = FromJson(each, value.emplace_back(), place)) {
            return fault;
        }
    }
    return std::nullopt;
}

/// Of a described struct, in their order.
template <class T>
std::vector<std::string_view> MemberNames() {
    std::vector<std::string_view> names;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) { names.emplace_back(member.name); });
    return names;
}

/// The first member that is at fault.
template <class T>
std::optional<Fault> FromMembers(const boost::json::object& json, T& value, const std::string& pointer) {
    std::optional<Fault> found;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        using Member = std::remove_cvref_t<decltype(value.*member.pointer)>;
        const auto* given = json.if_contains(member.name);
        const auto place = fmt::format("{}/{}", pointer, member.name);
        if (!found && given != nullptr) {
            found = FromJson(*given, value.*member.pointer, place);
        } else if (!found && !kIsOptional<Member> && !kIsVector<Member>) {
            found = Fault{.pointer = place, .what = "is missing"};
        }
    });
    return found;
}

/// The first member that `T` does not have.
template <class T>
std::optional<Fault> UnknownMember(const boost::json::object& json, const std::string& pointer) {
    for (const auto& member : json) {
        bool is_known = false;
        boost::mp11::mp_for_each<Members<T>>([&](auto known) {
            is_known = is_known || member.key() == known.name;
        });
        if (!is_known) {
            return Fault{.pointer = pointer + PointerPart(member.key()), .what = "is not known here"};
        }
    }
    return std::nullopt;
}

template <class T>
std::optional<Fault> FromObject(const boost::json::value& json, T& value, const std::string& pointer) {
    if (!json.is_object()) {
        return Fault{.pointer = pointer, .what = "must be an object"};
    }
    if (auto fault = FromMembers(json.get_object(), value, pointer)) {
        return fault;
    }
    return UnknownMember<T>(json.get_object(), pointer);
}

inline std::optional<Fault> FromBool(
    const boost::json::value& json, bool& value, const std::string& pointer
) {
    value = json.is_bool() && json.get_bool();
    return json.is_bool() ? std::nullopt
                          : std::optional(Fault{.pointer = pointer, .what = "must be true or false"});
}

inline std::optional<Fault> FromText(
    const boost::json::value& json, std::string& value, const std::string& pointer
) {
    if (!json.is_string()) {
        return Fault{.pointer = pointer, .what = "must be a text"};
    }
    value = json.get_string();
    return std::nullopt;
}

// NOLINTBEGIN(readability-redundant-parentheses): it takes template arguments for parentheses
template <const auto& Words>
std::optional<Fault> FromWord(
    const boost::json::value& json, Word<Words>& value, const std::string& pointer
) {
    if (auto fault = FromText(json, value.text, pointer)) {
        return fault;
    }
    if (std::ranges::find(Words, value.text) == Words.end()) {
        return Fault{.pointer = pointer, .what = fmt::format("must be one of {}", fmt::join(Words, ", "))};
    }
    return std::nullopt;
}

// NOLINTEND(readability-redundant-parentheses)

inline std::optional<Fault> FromName(
    const boost::json::value& json, Name& value, const std::string& pointer
) {
    if (auto fault = FromText(json, value.text, pointer)) {
        return fault;
    }
    if (!IsName(value.text)) {
        return Fault{.pointer = pointer, .what = std::string(kNameRule)};
    }
    return std::nullopt;
}

template <class T>
std::optional<Fault> FromNumber(const boost::json::value& json, T& value, const std::string& pointer) {
    if constexpr (std::is_integral_v<T>) {
        boost::system::error_code inexact;
        const auto whole = json.is_number() ? json.to_number<T>(inexact) : T{};  // 24.0 is one too
        if (!json.is_number() || inexact) {
            return Fault{.pointer = pointer, .what = "must be a whole number"};
        }
        value = whole;
    } else {
        static_assert(std::is_same_v<T, double>);
        if (!json.is_number()) {
            return Fault{.pointer = pointer, .what = "must be a number"};
        }
        value = json.to_number<double>();
    }
    return std::nullopt;
}

template <class Number, int Least, int Most>
std::optional<Fault> FromWithin(
    const boost::json::value& json, Within<Number, Least, Most>& value, const std::string& pointer
) {
    if (auto fault = FromNumber(json, value.value, pointer)) {
        return fault;
    }
    if (value.value < Least || value.value > Most) {
        return Fault{.pointer = pointer, .what = fmt::format("must be from {} to {}", Least, Most)};
    }
    return std::nullopt;
}

template <class T>
std::optional<Fault> FromJson(const boost::json::value& json, T& value, const std::string& pointer) {
    if constexpr (std::is_same_v<T, boost::json::value>) {
        value = json;
        return std::nullopt;
    } else if constexpr (kIsOptional<T>) {
        return FromOptional(json, value, pointer);
    } else if constexpr (kIsVector<T>) {
        return FromList(json, value, pointer);
    } else if constexpr (kIsWord<T>) {
        return FromWord(json, value, pointer);
    } else if constexpr (std::is_same_v<T, Name>) {
        return FromName(json, value, pointer);
    } else if constexpr (kIsWithin<T>) {
        return FromWithin(json, value, pointer);
    } else if constexpr (boost::describe::has_describe_members<T>::value) {
        return FromObject(json, value, pointer);
    } else if constexpr (std::is_same_v<T, bool>) {
        return FromBool(json, value, pointer);
    } else if constexpr (std::is_same_v<T, std::string>) {
        return FromText(json, value, pointer);
    } else {
        return FromNumber(json, value, pointer);
    }
}

template <class T>
boost::json::value Schema(boost::json::object& components);

/// Puts the schema of a described type into `components`, once.
template <class T>
void AddComponent(std::string_view name, boost::json::object& components) {
    if (components.contains(name)) {
        return;
    }
    components[name] = boost::json::object{};  // a type may hold itself
    boost::json::object properties;
    boost::json::array required;
    boost::mp11::mp_for_each<Members<T>>([&](auto member) {
        using Member = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
        auto& property = properties[member.name];
        property = Schema<Member>(components);
        DescribeMember(name, member.name, property.as_object());
        if constexpr (!kIsOptional<Member> && !kIsVector<Member>) {
            required.emplace_back(member.name);
        }
    });
    boost::json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
    if (!required.empty()) {
        schema["required"] = std::move(required);
    }
    AddExample(name, schema);
    components[name] = std::move(schema);
}

// NOLINTBEGIN(readability-redundant-parentheses): as above
template <const auto& Words>
boost::json::object SchemaOfWords(const Word<Words>*) {
    return {{"type", "string"}, {"enum", boost::json::array(Words.begin(), Words.end())}};
}

template <class Number, int Least, int Most>
boost::json::object SchemaOfWithin(const Within<Number, Least, Most>*) {
    return {
        {"type", std::is_integral_v<Number> ? "integer" : "number"}, {"minimum", Least}, {"maximum", Most}
    };
}

// NOLINTEND(readability-redundant-parentheses)

/// The JSON Schema of a type; described types inside are referred to by name and put into `components`.
template <class T>
boost::json::value Schema(boost::json::object& components) {
    if constexpr (std::is_same_v<T, boost::json::value>) {
        return boost::json::object{};
    } else if constexpr (kIsOptional<T>) {
        auto inner = Schema<typename T::value_type>(components);
        return boost::json::object{
            {"anyOf", boost::json::array{std::move(inner), boost::json::object{{"type", "null"}}}}
        };
    } else if constexpr (kIsVector<T>) {
        return boost::json::object{{"type", "array"}, {"items", Schema<typename T::value_type>(components)}};
    } else if constexpr (kIsWord<T>) {
        return SchemaOfWords(static_cast<const T*>(nullptr));
    } else if constexpr (std::is_same_v<T, Name>) {
        return boost::json::object{{"type", "string"}, {"minLength", 1}, {"maxLength", kLongestName}};
    } else if constexpr (kIsWithin<T>) {
        return SchemaOfWithin(static_cast<const T*>(nullptr));
    } else if constexpr (boost::describe::has_describe_members<T>::value) {
        AddComponent<T>(TypeName<T>(), components);
        return boost::json::object{{"$ref", fmt::format("#/components/schemas/{}", TypeName<T>())}};
    } else if constexpr (std::is_same_v<T, bool>) {
        return boost::json::object{{"type", "boolean"}};
    } else if constexpr (std::is_same_v<T, std::string>) {
        return boost::json::object{{"type", "string"}};
    } else if constexpr (std::is_integral_v<T>) {
        return boost::json::object{{"type", "integer"}};
    } else {
        return boost::json::object{{"type", "number"}};
    }
}

}  // namespace described
}  // namespace notify
