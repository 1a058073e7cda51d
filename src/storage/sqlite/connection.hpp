#pragma once

// One connection to SQLite: prepared statements, typed binding and reading.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include <sqlite3.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/strong_id.hpp"

namespace notify::sqlite {

/// Bytes to bind as a BLOB.
struct Blob {
    std::string_view bytes;
};

/// Text to bind as NULL when it is empty.
struct NullIfEmpty {
    std::string_view text;
};

/// Binds C++ values to a prepared statement, in order. Texts and bytes are not copied: they outlive its
/// steps.
class Binder final {
public:
    explicit Binder(sqlite3_stmt* statement) : statement_(statement) {}

    void Bind(std::string_view text);
    void Bind(const Blob& blob);
    void Bind(const NullIfEmpty& value);
    void Bind(double number);
    void Bind(std::nullopt_t);

    void Bind(const std::string& text) { Bind(std::string_view(text)); }

    void Bind(const char* text) { Bind(std::string_view(text)); }

    void Bind(Timestamp time) { BindInteger(ToMillis(time)); }

    void Bind(std::chrono::milliseconds duration) { BindInteger(duration.count()); }

    template <class Tag>
    void Bind(const StrongId<Tag>& id) {
        Bind(std::string_view(id.Value()));
    }

    template <class T>
        requires std::is_integral_v<T>
    void Bind(T number) {
        BindInteger(static_cast<std::int64_t>(number));
    }

    void Bind(const std::optional<Timestamp>& time) {
        if (time) {
            Bind(*time);
        } else {
            Bind(std::nullopt);
        }
    }

private:
    void BindInteger(std::int64_t number);

    sqlite3_stmt* statement_;
    int index_ = 0;
};

/// Reads the columns of a row, in order.
class Row final {
public:
    explicit Row(sqlite3_stmt* statement) : statement_(statement) {}

    [[nodiscard]] std::string Text();
    [[nodiscard]] std::string Bytes();
    [[nodiscard]] std::int64_t Integer();
    [[nodiscard]] double Real();

    [[nodiscard]] int Int() { return static_cast<int>(Integer()); }

    [[nodiscard]] bool Bool() { return Integer() != 0; }

    [[nodiscard]] Timestamp Time() { return FromMillis(Integer()); }

    [[nodiscard]] std::chrono::milliseconds Duration() { return std::chrono::milliseconds(Integer()); }

    [[nodiscard]] std::optional<Timestamp> OptionalTime();

    template <class Id>
    [[nodiscard]] Id As() {
        return Id(Text());
    }

private:
    sqlite3_stmt* statement_;
    int index_ = 0;
};

enum class Access : std::uint8_t { kRead, kWrite };

/// Used by one thread at a time.
class Connection final {
public:
    /// Opens the database with WAL, foreign keys and synchronous=FULL; made when missing, unless it is for
    /// reading, which then also refuses to write. kStorageFull, kForbidden, kUnavailable, kInternal (no
    /// database), each with the path.
    [[nodiscard]] static Result<std::unique_ptr<Connection>> Open(
        const std::filesystem::path& path, Access access
    );

    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Runs statements without parameters: migrations, pragmas, BEGIN.
    [[nodiscard]] Result<void> Execute(const std::string& sql);

    /// The folder of the database's files.
    [[nodiscard]] std::filesystem::path Folder() const {
        return std::filesystem::path(sqlite3_db_filename(handle_, "main")).parent_path();
    }

    /// True between BEGIN and its end. SQLite ends a transaction by itself when it has no room to go on.
    [[nodiscard]] bool InTransaction() const noexcept { return sqlite3_get_autocommit(handle_) == 0; }

    /// How many rows were changed since it was opened.
    [[nodiscard]] std::int64_t Changes() const noexcept { return sqlite3_total_changes64(handle_); }

    /// Runs one statement; how many rows it changed. `sql` must outlive the connection (a constant).
    template <class... Values>
    [[nodiscard]] Result<int> Change(const char* sql, const Values&... values) {
        return Start(sql, values...).and_then([&](sqlite3_stmt* statement) {
            return FinishChange(statement);
        });
    }

    /// All rows, each made by `make(Row&)`.
    template <class Make, class... Values>
    [[nodiscard]] auto Select(const char* sql, Make&& make, const Values&... values)
        -> Result<std::vector<std::invoke_result_t<Make&, Row&>>> {
        std::vector<std::invoke_result_t<Make&, Row&>> rows;
        auto statement = Start(sql, values...);
        if (!statement) {
            return Unexpected(statement.error());
        }
        while (true) {
            const auto more = Step(*statement);
            if (!more) {
                return Unexpected(more.error());
            }
            if (!*more) {
                return rows;
            }
            Row row(*statement);  // NOLINT(misc-const-correctness): `make` takes its columns
            rows.push_back(make(row));
        }
    }

    /// The first row, if there is one.
    template <class Make, class... Values>
    [[nodiscard]] auto First(const char* sql, Make&& make, const Values&... values)
        -> Result<std::optional<std::invoke_result_t<Make&, Row&>>> {
        using Value = std::invoke_result_t<Make&, Row&>;
        return Select(sql, make, values...).map([](std::vector<Value> rows) {
            return rows.empty() ? std::optional<Value>() : std::optional<Value>(std::move(rows.front()));
        });
    }

private:
    explicit Connection(sqlite3* handle) : handle_(handle) {}

    template <class... Values>
    Result<sqlite3_stmt*> Start(const char* sql, const Values&... values) {
        return Prepare(sql).map([&](sqlite3_stmt* statement) {
            Binder binder(statement);  // NOLINT(misc-const-correctness): not without values
            (binder.Bind(values), ...);
            return statement;
        });
    }

    [[nodiscard]] Result<sqlite3_stmt*> Prepare(const char* sql);
    [[nodiscard]] Result<bool> Step(sqlite3_stmt* statement);
    [[nodiscard]] Result<int> FinishChange(sqlite3_stmt* statement);

    /// No room → kStorageFull, a unique constraint → kConflict, a row that is referred to but missing →
    /// kNotFound, busy and input/output → kUnavailable, else kInternal.
    [[nodiscard]] Error LastError(std::string_view doing) const;

    sqlite3* handle_;
    std::unordered_map<const char*, sqlite3_stmt*> statements_;
};

}  // namespace notify::sqlite
