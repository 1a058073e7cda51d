#pragma once

// A row on its way from one database into another, and the tables that rows are of.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/sql/connection.hpp"

namespace notify::copy {

struct Column {
    std::string name;
    sql::Kind kind = sql::Kind::kText;
    bool is_indexed = false;
};

struct Table {
    std::string name;
    std::vector<Column> columns;
    std::vector<std::string> key;  ///< Columns of the primary key: rows are copied and compared in its order.
};

/// Writes the statement's row, whose columns are the table's, into `row`: a tuple of PostgreSQL's binary
/// COPY, so that equal rows of two databases are equal bytes. Source: "COPY", File Formats, of PostgreSQL's
/// documentation.
void EncodeRow(const sql::Statement& statement, const Table& table, std::string& row);

/// The same of fields that are bytes already: numbers are their eight, the highest first.
[[nodiscard]] std::string RowOf(const std::vector<std::string_view>& fields);

/// The fields of such a row, nothing for NULL; they point into it. Empty when it is cut.
[[nodiscard]] std::vector<std::optional<std::string_view>> FieldsOf(std::string_view row);

/// Binds the fields as the parameters 1, 2, … of a statement.
void BindRow(std::string_view row, const Table& table, sql::Parameters& statement);

/// "item itm_01JC…": for sentences about a row.
[[nodiscard]] std::string NameOf(std::string_view row, const Table& table);

/// The table's columns, or some of them, with commas between.
[[nodiscard]] std::string ColumnList(const Table& table);
[[nodiscard]] std::string KeyList(const Table& table);

}  // namespace notify::copy
