#include "core/json_schema.hpp"

#include <cmath>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/json.hpp>
#include <fmt/format.h>

#include "core/error.hpp"
#include "core/json.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

const value* Member(const object& schema, std::string_view name) {
    return schema.if_contains(name);
}

bool IsWhole(const value& v) {
    return v.is_int64() || v.is_uint64() || (v.is_double() && v.get_double() == std::floor(v.get_double()));
}

bool HasType(const value& v, std::string_view type) {
    if (type == "integer") {
        return IsWhole(v);
    }
    return (type == "number" && v.is_number()) || (type == "string" && v.is_string()) ||
           (type == "boolean" && v.is_bool()) || (type == "object" && v.is_object()) ||
           (type == "array" && v.is_array());
}

Unexpected Fault(const std::string& pointer, std::string_view what) {
    return Fail(
        ErrorCode::kInvalidArgument,
        pointer.empty() ? std::string(what) : fmt::format("{}: {}", pointer, what)
    );
}

Result<void> CheckValue(const value& given, const object& schema, const std::string& pointer) {
    const auto shown =
        Member(schema, "writeOnly") != nullptr ? std::string("the value given") : ToJsonText(given);
    if (const auto* type = Member(schema, "type"); type != nullptr && !HasType(given, type->get_string())) {
        return Fault(
            pointer, fmt::format("{} is not of type {}", shown, std::string_view(type->get_string()))
        );
    }
    if (given.is_number()) {
        const auto number = given.to_number<double>();
        if (const auto* least = Member(schema, "minimum");
            least != nullptr && number < least->to_number<double>()) {
            return Fault(pointer, fmt::format("{} is less than {}", shown, ToJsonText(*least)));
        }
        if (const auto* most = Member(schema, "maximum");
            most != nullptr && number > most->to_number<double>()) {
            return Fault(pointer, fmt::format("{} is more than {}", shown, ToJsonText(*most)));
        }
    }
    if (const auto* allowed = Member(schema, "enum"); allowed != nullptr) {
        for (const auto& each : allowed->get_array()) {
            if (each == given) {
                return {};
            }
        }
        return Fault(pointer, fmt::format("{} is none of {}", shown, ToJsonText(*allowed)));
    }
    return {};
}

/// A number as the schema types it, so that 5 and 5.0 give the same canonical text.
value Canonical(const value& given, const object& schema) {
    const auto* type = Member(schema, "type");
    if (type == nullptr || !given.is_number()) {
        return given;
    }
    if (type->get_string() == "integer" || IsWhole(given)) {
        return static_cast<std::int64_t>(given.to_number<double>());
    }
    return given.to_number<double>();
}

/// A key as a JSON pointer holds it (RFC 6901).
std::string Escaped(std::string_view key) {
    std::string text;
    for (const char c : key) {
        text += c == '~' ? "~0" : c == '/' ? "~1" : std::string(1, c);
    }
    return text;
}

/// The first required member that is missing.
Result<void> CheckRequired(const object& given, const object& schema) {
    const auto* required = Member(schema, "required");
    if (required == nullptr) {
        return {};
    }
    for (const auto& name : required->get_array()) {
        if (!given.contains(name.get_string())) {
            return Fault("/" + Escaped(name.get_string()), "is missing");
        }
    }
    return {};
}

}  // namespace

Result<std::string> NormaliseJson(
    std::string_view name, std::string_view schema_text, std::string_view text
) {
    const auto given = ParseJson(text.empty() ? "{}" : text);
    if (!given) {
        return Unexpected(given.error());
    }
    if (!given->is_object()) {
        return Fault("", "the configuration must be a JSON object");
    }
    const auto schema = ParseJson(schema_text);
    if (!schema) {
        return Unexpected(schema.error().Within(fmt::format("schema of {}", name)));
    }
    if (auto complete = CheckRequired(given->get_object(), schema->get_object()); !complete) {
        return Unexpected(complete.error());
    }
    const auto& properties = schema->at("properties").as_object();
    object whole;
    for (const auto& member : given->get_object()) {
        const auto pointer = "/" + Escaped(member.key());
        const auto* property = properties.if_contains(member.key());
        if (property == nullptr) {
            return Fault(pointer, fmt::format("{} has no such setting", name));
        }
        if (auto fine = CheckValue(member.value(), property->as_object(), pointer); !fine) {
            return Unexpected(fine.error());
        }
        whole[member.key()] = Canonical(member.value(), property->as_object());
    }
    for (const auto& property : properties) {
        const auto* fallback = property.value().as_object().if_contains("default");
        if (fallback != nullptr && !whole.contains(property.key())) {
            whole[property.key()] = Canonical(*fallback, property.value().as_object());
        }
    }
    return ToCanonicalJson(whole);
}

}  // namespace notify
