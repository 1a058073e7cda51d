#include "storage/postgres/wire.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <postgres_ext.h>

#include "storage/postgres/dialect.hpp"
#include "storage/sql/connection.hpp"

namespace notify::postgres {

namespace {

constexpr std::uint32_t kNull = 0xFFFFFFFF;  // the length of what is missing

// Source: src/include/catalog/pg_type.dat of PostgreSQL
Oid ArrayOf(sql::Kind kind) noexcept {
    switch (kind) {
        case sql::Kind::kText:
            return 1009;
        case sql::Kind::kBytes:
            return 1001;
        case sql::Kind::kInteger:
            return 1016;
        case sql::Kind::kReal:
            return 1022;
    }
    return 0;
}

/// The last 4 of the 8 bytes.
void AppendNumber(std::string& bytes, std::uint32_t number) {
    const auto wire = ToWire(number);
    bytes.append(wire.data() + 4, 4);
}

void AppendValue(std::string& values, std::string_view value) {
    AppendNumber(values, static_cast<std::uint32_t>(value.size()));
    values.append(value);
}

}  // namespace

std::array<char, 8> ToWire(std::uint64_t bits) noexcept {
    std::array<char, 8> bytes{};
    for (auto i = bytes.size(); i > 0; --i) {
        bytes.at(i - 1) = static_cast<char>(bits & 0xFFU);
        bits >>= 8U;
    }
    return bytes;
}

std::uint64_t FromWire(std::string_view bytes) noexcept {
    std::uint64_t bits = 0;
    for (const char byte : bytes) {
        bits = (bits << 8U) | static_cast<std::uint8_t>(byte);
    }
    return bits;
}

Oid TypeOf(sql::Kind kind) noexcept {
    switch (kind) {
        case sql::Kind::kText:
            return 25;
        case sql::Kind::kBytes:
            return 17;
        case sql::Kind::kInteger:
            return 20;
        case sql::Kind::kReal:
            return 701;
    }
    return 0;
}

void Columns::BindText(int parameter, std::string_view text) {
    std::string kept;
    AppendValue(At(parameter, sql::Kind::kText).values, FitText(text, kept));
}

void Columns::BindBytes(int parameter, std::string_view bytes) {
    AppendValue(At(parameter, sql::Kind::kBytes).values, bytes);
}

void Columns::BindInteger(int parameter, std::int64_t number) {
    const auto wire = ToWire(static_cast<std::uint64_t>(number));
    AppendValue(At(parameter, sql::Kind::kInteger).values, {wire.data(), wire.size()});
}

void Columns::BindReal(int parameter, double number) {
    const auto wire = ToWire(std::bit_cast<std::uint64_t>(number));
    AppendValue(At(parameter, sql::Kind::kReal).values, {wire.data(), wire.size()});
}

void Columns::BindNull(int parameter, sql::Kind kind) {
    auto& column = At(parameter, kind);
    column.has_null = true;
    AppendNumber(column.values, kNull);
}

std::vector<Columns::Array> Columns::Arrays() const {
    std::vector<Array> arrays;
    for (const auto& column : columns_) {
        std::string bytes;
        for (const std::uint32_t number :
             {1U, column.has_null ? 1U : 0U, TypeOf(column.kind), column.count, 1U}) {
            AppendNumber(
                bytes, number
            );  // dimensions, nulls, type; size and first index of the only dimension
        }
        bytes += column.values;
        arrays.push_back({.type = ArrayOf(column.kind), .bytes = std::move(bytes)});
    }
    return arrays;
}

Columns::Column& Columns::At(int parameter, sql::Kind kind) {
    columns_.resize(std::max(columns_.size(), static_cast<std::size_t>(parameter)));
    auto& column = columns_[static_cast<std::size_t>(parameter) - 1];
    column.kind = kind;
    ++column.count;
    return column;
}

}  // namespace notify::postgres
