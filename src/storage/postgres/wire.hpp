#pragma once

// Values as PostgreSQL's protocol carries them, in binary.

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <postgres_ext.h>

#include "storage/sql/connection.hpp"

namespace notify::postgres {

/// Numbers go over the wire with their highest byte first.
[[nodiscard]] std::array<char, 8> ToWire(std::uint64_t bits) noexcept;

/// Of at most 8 bytes.
[[nodiscard]] std::uint64_t FromWire(std::string_view bytes) noexcept;

/// The parameters of a statement of many rows: an array for each, which grows by one with each row's value.
class Columns final : public sql::Parameters {
public:
    void BindText(int parameter, std::string_view text) override;
    void BindBytes(int parameter, std::string_view bytes) override;
    void BindInteger(int parameter, std::int64_t number) override;
    void BindReal(int parameter, double number) override;
    void BindNull(int parameter, sql::Kind kind) override;

    /// One parameter, as it is sent.
    struct Array {
        Oid type = 0;
        std::string bytes;
    };

    [[nodiscard]] std::vector<Array> Arrays() const;

private:
    struct Column {
        sql::Kind kind = sql::Kind::kText;
        std::uint32_t count = 0;
        bool has_null = false;
        std::string values;  ///< Each with its length before it.
    };

    Column& At(int parameter, sql::Kind kind);

    std::vector<Column> columns_;
};

/// PostgreSQL's number of the type. Source: src/include/catalog/pg_type.dat
[[nodiscard]] Oid TypeOf(sql::Kind kind) noexcept;

}  // namespace notify::postgres
