#include "app/commands/printing.hpp"

#include <algorithm>
#include <cstdio>

#include <fmt/format.h>

#include "core/json.hpp"

namespace notify {

namespace {

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

}  // namespace

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
