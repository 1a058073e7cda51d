#pragma once

// A database as a state is copied out of it or into it: table by table, row by row.

#include <cstdint>
#include <functional>
#include <string_view>

#include "core/result.hpp"
#include "storage/copy/row.hpp"

namespace notify::copy {

/// Is given rows, as EncodeRow writes them, one after another. An error of it ends the reading.
using TakeRow = std::function<Result<void>(std::string_view row)>;

/// Gives rows away, one after another.
using GiveRows = std::function<Result<void>(const TakeRow& take)>;

/// A state to read, as it is at one moment. After an error it is of no more use. Used by one thread at a
/// time; holds a row at a time in memory.
class RowSource {
public:
    RowSource() = default;
    RowSource(const RowSource&) = delete;
    RowSource& operator=(const RowSource&) = delete;
    virtual ~RowSource() = default;

    /// All rows in the order of the key.
    [[nodiscard]] virtual Result<void> Read(const Table& table, const TakeRow& take) = 0;

    /// The highest number that the database gave a row of the table; 0 where it gives none.
    [[nodiscard]] virtual Result<std::int64_t> LastNumber(const Table& table) = 0;
};

/// Also one to fill: in a transaction that began when it was opened. Without Commit nothing was done.
class RowStore : public RowSource {
public:
    /// Adds what `give` gives.
    [[nodiscard]] virtual Result<void> Write(const Table& table, const GiveRows& give) = 0;

    [[nodiscard]] virtual Result<bool> HasRows(const Table& table) = 0;

    [[nodiscard]] virtual Result<void> Clear(const Table& table) = 0;

    /// The next row that the database numbers in the table comes behind this one.
    [[nodiscard]] virtual Result<void> GoOnBehind(const Table& table, std::int64_t number) = 0;

    /// False for a database that refuses rows another one may hold: then TryRow is asked first.
    [[nodiscard]] virtual bool TakesAnyRow() const noexcept = 0;

    /// kInvalidArgument with a sentence that names the row when it would be refused. Adds nothing.
    [[nodiscard]] virtual Result<void> TryRow(const Table& table, std::string_view row) = 0;

    [[nodiscard]] virtual Result<void> Commit() = 0;
};

}  // namespace notify::copy
