#include "storage/copy/row.hpp"

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "storage/sql/connection.hpp"

namespace notify::copy {

namespace {

/// As COPY has whole numbers: their highest byte first.
template <std::size_t Bytes>
void Append(std::string& row, std::uint64_t number) {
    for (std::size_t i = Bytes; i > 0; --i) {
        row += static_cast<char>((number >> (8U * (i - 1))) & 0xFFU);
    }
}

std::uint64_t NumberIn(std::string_view bytes) noexcept {
    std::uint64_t number = 0;
    for (const char byte : bytes) {
        number = (number << 8U) | static_cast<std::uint8_t>(byte);
    }
    return number;
}

constexpr std::size_t kCountBytes = 2;
constexpr std::size_t kLengthBytes = 4;
constexpr std::size_t kNumberBytes = 8;
constexpr std::uint64_t kNull = 0xFFFFFFFFU;

void AppendNumber(std::string& row, std::uint64_t bits) {
    Append<kLengthBytes>(row, kNumberBytes);
    Append<kNumberBytes>(row, bits);
}

void AppendField(std::string& row, const sql::Statement& statement, int column, sql::Kind kind) {
    if (statement.IsNullAt(column)) {
        Append<kLengthBytes>(row, kNull);
        return;
    }
    switch (kind) {
        case sql::Kind::kInteger:
            AppendNumber(row, static_cast<std::uint64_t>(statement.IntegerAt(column)));
            return;
        case sql::Kind::kReal:
            AppendNumber(row, std::bit_cast<std::uint64_t>(statement.RealAt(column)));
            return;
        case sql::Kind::kText:
        case sql::Kind::kBytes:
            break;
    }
    const auto bytes = statement.BytesAt(column);
    Append<kLengthBytes>(row, bytes.size());
    row += bytes;
}

void BindField(sql::Parameters& statement, int parameter, sql::Kind kind, std::string_view field) {
    switch (kind) {
        case sql::Kind::kInteger:
            statement.BindInteger(parameter, static_cast<std::int64_t>(NumberIn(field)));
            return;
        case sql::Kind::kReal:
            statement.BindReal(parameter, std::bit_cast<double>(NumberIn(field)));
            return;
        case sql::Kind::kText:
            statement.BindText(parameter, field);
            return;
        case sql::Kind::kBytes:
            statement.BindBytes(parameter, field);
            return;
    }
}

}  // namespace

void EncodeRow(const sql::Statement& statement, const Table& table, std::string& row) {
    row.clear();
    Append<kCountBytes>(row, table.columns.size());
    int number = 0;
    for (const auto& column : table.columns) {
        AppendField(row, statement, number++, column.kind);
    }
}

std::string RowOf(const std::vector<std::string_view>& fields) {
    std::string row;
    Append<kCountBytes>(row, fields.size());
    for (const auto field : fields) {
        Append<kLengthBytes>(row, field.size());
        row += field;
    }
    return row;
}

std::vector<std::optional<std::string_view>> FieldsOf(std::string_view row) {
    std::vector<std::optional<std::string_view>> fields(NumberIn(row.substr(0, kCountBytes)));
    row.remove_prefix(std::min(row.size(), kCountBytes));
    for (auto& field : fields) {
        if (row.size() < kLengthBytes) {
            return {};
        }
        const auto length = NumberIn(row.substr(0, kLengthBytes));
        row.remove_prefix(kLengthBytes);
        if (length == kNull) {
            continue;
        }
        if (row.size() < length) {
            return {};
        }
        field = row.substr(0, length);
        row.remove_prefix(length);
    }
    return fields;
}

void BindRow(std::string_view row, const Table& table, sql::Parameters& statement) {
    const auto fields = FieldsOf(row);
    int parameter = 0;
    for (const auto& column : table.columns) {
        const auto& field = fields[static_cast<std::size_t>(parameter++)];
        if (field) {
            BindField(statement, parameter, column.kind, *field);
        } else {
            statement.BindNull(parameter, column.kind);
        }
    }
}

std::string NameOf(std::string_view row, const Table& table) {
    const auto fields = FieldsOf(row);
    auto name = table.name;
    for (std::size_t i = 0; i < fields.size(); ++i) {
        const auto& column = table.columns[i];
        if (std::ranges::find(table.key, column.name) == table.key.end()) {
            continue;
        }
        name += ' ';
        name += column.kind == sql::Kind::kInteger
                    ? std::to_string(static_cast<std::int64_t>(NumberIn(fields[i].value_or(""))))
                    : fmt::format("{:.100}", fields[i].value_or(""));
    }
    return name;
}

std::string ColumnList(const Table& table) {
    std::vector<std::string_view> names;
    names.reserve(table.columns.size());
    for (const auto& column : table.columns) {
        names.push_back(column.name);
    }
    return fmt::format("{}", fmt::join(names, ", "));
}

std::string KeyList(const Table& table) {
    return fmt::format("{}", fmt::join(table.key, ", "));
}

}  // namespace notify::copy
