#pragma once

// Described structs (Boost.Describe) ↔ JSON, and their schemas: one declaration for code, validation and
// OpenAPI.
//
//   struct Pause { bool active = true; std::optional<std::string> note; };
//   BOOST_DESCRIBE_STRUCT(Pause, (), (active, note))
//
// Members: bool, std::string, int, std::int64_t, double, boost::json::value (anything), described structs,
// and std::optional or std::vector of these. Reading is strict: an unknown member, a wrong type or a missing
// member (one that is neither optional nor a vector) is refused with its JSON pointer.

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

namespace described {

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;

template <class T>
using Members = boost::describe::describe_members<T, boost::describe::mod_public>;

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
std::optional<Fault> FromJson(const boost::json::value& json, T& value, const std::string& pointer) {
    const auto fault = [&](std::string_view what) { return Fault{pointer, std::string(what)}; };
    if constexpr (std::is_same_v<T, boost::json::value>) {
        value = json;
        return std::nullopt;
    } else if constexpr (kIsOptional<T>) {
        if (json.is_null()) {
            value.reset();
            return std::nullopt;
        }
        return FromJson(json, value.emplace(), pointer);
    } else if constexpr (kIsVector<T>) {
        if (!json.is_array()) {
            return fault("must be a list");
        }
        value.clear();
        for (std::size_t i = 0; i < json.get_array().size(); ++i) {
            if (auto inner =
                    FromJson(json.get_array()[i], value.emplace_back(), fmt::format("{}/{}", pointer, i))) {
                return inner;
            }
        }
        return std::nullopt;
    } else if constexpr (boost::describe::has_describe_members<T>::value) {
        if (!json.is_object()) {
            return fault("must be an object");
        }
        std::optional<Fault> found;
        std::size_t known = 0;
        boost::mp11::mp_for_each<Members<T>>([&](auto member) {
            using Member = std::remove_cvref_t<decltype(value.*member.pointer)>;
            const auto* given = json.get_object().if_contains(member.name);
            known += given != nullptr ? 1 : 0;
            const auto place = fmt::format("{}/{}", pointer, member.name);
            if (!found && given != nullptr) {
                found = FromJson(*given, value.*member.pointer, place);
            } else if (!found && !kIsOptional<Member> && !kIsVector<Member>) {
                found = Fault{place, "is missing"};
            }
        });
        if (!found && known != json.get_object().size()) {
            for (const auto& member : json.get_object()) {
                bool is_known = false;
                boost::mp11::mp_for_each<Members<T>>([&](auto m) {
                    is_known = is_known || member.key() == m.name;
                });
                if (!is_known) {
                    return Fault{pointer + PointerPart(member.key()), "is not known here"};
                }
            }
        }
        return found;
    } else if constexpr (std::is_same_v<T, bool>) {
        value = json.is_bool() && json.get_bool();
        return json.is_bool() ? std::nullopt : std::optional(fault("must be true or false"));
    } else if constexpr (std::is_same_v<T, std::string>) {
        if (!json.is_string()) {
            return fault("must be a text");
        }
        value = json.get_string();
        return std::nullopt;
    } else if constexpr (std::is_integral_v<T>) {
        if (!json.is_int64() || !std::in_range<T>(json.get_int64())) {
            return fault("must be a whole number");
        }
        value = static_cast<T>(json.get_int64());
        return std::nullopt;
    } else {
        static_assert(std::is_same_v<T, double>);
        if (!json.is_number()) {
            return fault("must be a number");
        }
        value = json.to_number<double>();
        return std::nullopt;
    }
}

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
    } else if constexpr (boost::describe::has_describe_members<T>::value) {
        const std::string_view name = TypeName<T>();
        if (!components.contains(name)) {
            components[name] = boost::json::object{};  // a type may hold itself
            boost::json::object properties;
            boost::json::array required;
            boost::mp11::mp_for_each<Members<T>>([&](auto member) {
                using Member = std::remove_cvref_t<decltype(std::declval<T&>().*member.pointer)>;
                properties[member.name] = Schema<Member>(components);
                if constexpr (!kIsOptional<Member> && !kIsVector<Member>) {
                    required.emplace_back(member.name);
                }
            });
            boost::json::object schema{{"type", "object"}, {"properties", std::move(properties)}};
            if (!required.empty()) {
                schema["required"] = std::move(required);
            }
            components[name] = std::move(schema);
        }
        return boost::json::object{{"$ref", fmt::format("#/components/schemas/{}", name)}};
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
