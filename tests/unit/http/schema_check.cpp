#include "unit/http/schema_check.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <fmt/format.h>

#include "core/clock.hpp"

namespace notify::testing {

namespace {

using boost::json::object;
using boost::json::value;
using Faults = std::vector<std::string>;

constexpr std::array<std::string_view, 15> kWords{
    "type",
    "properties",
    "required",
    "items",
    "anyOf",
    "$ref",
    "additionalProperties",
    "enum",
    "minimum",
    "maximum",
    "minLength",
    "maxLength",
    "format",
    "description",
    "examples"
};

bool HasType(const value& given, std::string_view type) {
    return (type == "object" && given.is_object()) || (type == "array" && given.is_array()) ||
           (type == "string" && given.is_string()) || (type == "boolean" && given.is_bool()) ||
           (type == "integer" && given.is_int64()) || (type == "number" && given.is_number()) ||
           (type == "null" && given.is_null());
}

void Add(Faults& all, Faults more) {
    all.insert(all.end(), more.begin(), more.end());
}

/// Of words and numbers.
Faults BoundFaults(const object& schema, const value& given, const std::string& pointer) {
    Faults faults;
    if (const auto* words = schema.if_contains("enum")) {
        const auto& list = words->as_array();
        if (std::ranges::find(list, given) == list.end()) {
            faults.push_back(pointer + " is none of the words");
        }
    }
    if (given.is_number()) {
        const auto number = given.to_number<double>();
        const auto* least = schema.if_contains("minimum");
        const auto* most = schema.if_contains("maximum");
        if ((least != nullptr && number < least->to_number<double>()) ||
            (most != nullptr && number > most->to_number<double>())) {
            faults.push_back(pointer + " is out of bounds");
        }
    }
    return faults;
}

/// Of a moment.
Faults FormatFaults(const object& schema, const value& given, const std::string& pointer) {
    const auto* format = schema.if_contains("format");
    const bool moment = format != nullptr && *format == "date-time" && given.is_string();
    return moment && !FromRfc3339(std::string_view(given.get_string())) ? Faults{pointer + " is no date-time"}
                                                                        : Faults{};
}

Faults ObjectFaults(
    const object& document, const object& schema, const object& given, const std::string& pointer
) {
    Faults faults;
    const auto& properties = schema.at("properties").as_object();
    for (const auto& [name, member] : given) {
        const auto place = fmt::format("{}/{}", pointer, std::string_view(name));
        const auto* wanted = properties.if_contains(name);
        const auto* others = schema.if_contains("additionalProperties");
        if (wanted == nullptr && others != nullptr && others->is_bool() && others->get_bool()) {
            continue;
        }
        if (wanted == nullptr) {
            faults.push_back(place + " is not described");
        } else {
            Add(faults, SchemaFaults(document, *wanted, member, place));
        }
    }
    if (const auto* required = schema.if_contains("required")) {
        for (const auto& name : required->as_array()) {
            if (!given.contains(name.as_string())) {
                faults.push_back(
                    fmt::format("{}/{} is missing", pointer, std::string_view(name.as_string()))
                );
            }
        }
    }
    return faults;
}

}  // namespace

const value* Resolve(const object& document, std::string_view reference) {
    static constexpr std::string_view kPrefix = "#/components/schemas/";
    return reference.starts_with(kPrefix) ? document.at("components")
                                                .at("schemas")
                                                .as_object()
                                                .if_contains(reference.substr(kPrefix.size()))
                                          : nullptr;
}

Faults SchemaFaults(
    const object& document, const value& any_schema, const value& given, const std::string& pointer
) {
    const auto& schema = any_schema.as_object();
    Faults faults = FormatFaults(schema, given, pointer);
    for (const auto& word : schema) {
        const std::string_view name = word.key();
        if (std::ranges::find(kWords, name) == kWords.end()) {
            faults.push_back(fmt::format("{}: this checker does not know '{}'", pointer, name));
        }
    }
    if (const auto* reference = schema.if_contains("$ref")) {
        const auto* target = Resolve(document, reference->as_string());
        return target != nullptr ? SchemaFaults(document, *target, given, pointer)
                                 : Faults{pointer + ": $ref leads nowhere"};
    }
    if (const auto* choices = schema.if_contains("anyOf")) {
        for (const auto& choice : choices->as_array()) {
            if (SchemaFaults(document, choice, given, pointer).empty()) {
                return faults;
            }
        }
        return {pointer + " fits none of anyOf"};
    }
    const auto* type = schema.if_contains("type");
    if (type != nullptr && !HasType(given, type->as_string())) {
        return {fmt::format("{} is no {}", pointer, std::string_view(type->as_string()))};
    }
    Add(faults, BoundFaults(schema, given, pointer));
    if (given.is_object() && schema.contains("properties")) {
        Add(faults, ObjectFaults(document, schema, given.as_object(), pointer));
    }
    if (given.is_array() && schema.contains("items")) {
        for (std::size_t i = 0; i < given.as_array().size(); ++i) {
            Add(faults,
                SchemaFaults(
                    document, schema.at("items"), given.as_array()[i], fmt::format("{}/{}", pointer, i)
                ));
        }
    }
    return faults;
}

}  // namespace notify::testing
