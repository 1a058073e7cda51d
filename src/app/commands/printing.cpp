#include "app/commands/printing.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "core/json.hpp"

namespace notify {

namespace {

constexpr std::size_t kMaxRows = 50;

std::string Text(const boost::json::value& value) {
    if (value.is_string()) {
        return std::string(value.get_string());
    }
    if (value.is_null()) {
        return "";
    }
    if (!value.is_array()) {
        return ToJsonText(value);
    }
    std::string joined;
    for (const auto& each : value.get_array()) {
        const auto* processor = each.is_object() ? each.get_object().if_contains("processor") : nullptr;
        joined += joined.empty() ? "" : ",";
        joined += processor != nullptr ? Text(*processor) : Text(each);
    }
    return joined;
}

bool IsSingle(const boost::json::value& value) {
    return value.is_primitive();
}

bool IsTable(const boost::json::value& value) {
    return value.is_array() && !value.get_array().empty() && value.get_array().front().is_object();
}

/// The members of `object` that are one value, also those of objects in it: "media.width".
void Flatten(const boost::json::object& object, const std::string& prefix, boost::json::object& flat) {
    for (const auto& [name, value] : object) {
        const auto path = prefix + std::string(name);
        if (value.is_object()) {
            Flatten(value.get_object(), path + ".", flat);
        } else if (IsSingle(value) || (value.is_array() && !IsTable(value))) {
            flat[path] = value;
        }
    }
}

/// Columns are what is a single value in the first row.
void PrintRows(std::string_view title, const boost::json::array& rows) {
    const auto shown = std::min<std::size_t>(rows.size(), kMaxRows);
    std::vector<std::string> columns;
    for (const auto& [name, value] : rows.front().get_object()) {
        if (IsSingle(value)) {
            columns.emplace_back(name);
        }
    }
    fmt::print("\n{} ({})\n", title, rows.size());
    PrintTable(
        boost::json::object{
            {"rows", boost::json::array(rows.begin(), rows.begin() + static_cast<std::ptrdiff_t>(shown))}
        },
        columns,
        ""
    );
    if (shown < rows.size()) {
        fmt::print("… and {} more (--json shows all)\n", rows.size() - shown);
    }
}

}  // namespace

std::string Counted(std::string_view count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == "1" ? one : many);
}

std::string HoldOf(const boost::json::value& bucket) {
    const auto* held = bucket.is_object() ? bucket.get_object().if_contains("held") : nullptr;
    return held == nullptr || !held->is_object()
               ? std::string()
               : fmt::format("held back until {}: {}", Shown(*held, "until"), Shown(*held, "sentence"));
}

void PrintTest(const boost::json::value& test) {
    for (const auto& hop : test.at("hops").as_array()) {
        fmt::print("{:<12} {}\n", Shown(hop, "hop"), Shown(hop, "state"));
    }
    fmt::print("{}\n", Shown(test, "passed") == "true" ? "it can be read" : Shown(test, "sentence"));
}

void PrintMore(const boost::json::value& answer) {
    if (const auto next = Shown(answer, "next"); !next.empty()) {
        fmt::print("there are more; go on with --after {}\n", next);
    }
}

void PrintDocument(const boost::json::value& document) {
    if (!document.is_object()) {
        fmt::print("{}\n", Text(document));
        return;
    }
    boost::json::object flat;
    Flatten(document.get_object(), "", flat);
    std::size_t width = 0;
    for (const auto& member : flat) {
        width = std::max(width, member.key().size());
    }
    for (const auto& [name, value] : flat) {
        fmt::print("{:<{}}  {}\n", std::string_view(name), width, Text(value));
    }
    for (const auto& [name, value] : document.get_object()) {
        if (IsTable(value)) {
            PrintRows(name, value.get_array());
        }
    }
}

std::string Shown(const boost::json::value& row, std::string_view member) {
    const auto* value = row.is_object() ? row.get_object().if_contains(member) : nullptr;
    return value == nullptr ? std::string() : Text(*value);
}

void PrintTable(
    const boost::json::value& answer, const std::vector<std::string>& columns, std::string_view none
) {
    const auto* rows = answer.is_object() ? answer.get_object().if_contains("rows") : nullptr;
    if (rows == nullptr || !rows->is_array() || rows->get_array().empty()) {
        fmt::print("{}\n", none);
        return;
    }
    std::vector<std::vector<std::string>> table{columns};
    for (const auto& row : rows->get_array()) {
        auto& line = table.emplace_back();
        for (const auto& column : columns) {
            line.push_back(Shown(row, column));
        }
    }
    std::vector<std::size_t> widths(columns.size());
    for (const auto& line : table) {
        for (std::size_t i = 0; i < line.size(); ++i) {
            widths[i] = std::max(widths[i], line[i].size());
        }
    }
    for (const auto& line : table) {
        std::string text;
        for (std::size_t i = 0; i < line.size(); ++i) {
            text += fmt::format("{:<{}}  ", line[i], widths[i]);
        }
        fmt::print("{}\n", text.substr(0, text.find_last_not_of(' ') + 1));
    }
}

}  // namespace notify
