#pragma once

// One connection to a database of SQL: statements with typed values and rows. What the two databases do not
// say alike is written twice: Sql.

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/strong_id.hpp"

namespace notify::sql {

/// Bytes to bind as such.
struct Blob {
    std::string_view bytes;
};

/// Text to bind as NULL when it is empty.
struct NullIfEmpty {
    std::string_view text;
};

/// A statement in the words of each database. Constants: a connection knows a statement by its address.
struct Sql {
    const char* sqlite;
    const char* postgres;
};

enum class Kind : std::uint8_t { kText, kBytes, kInteger, kReal };

/// A statement that is prepared on a connection and belongs to it. Parameters count from 1, columns from 0.
/// Bound texts and bytes are not copied: they outlive its steps.
class Statement {
public:
    Statement() = default;
    Statement(const Statement&) = delete;
    Statement& operator=(const Statement&) = delete;
    virtual ~Statement() = default;

    virtual void BindText(int parameter, std::string_view text) = 0;
    virtual void BindBytes(int parameter, std::string_view bytes) = 0;
    virtual void BindInteger(int parameter, std::int64_t number) = 0;
    virtual void BindReal(int parameter, double number) = 0;
    /// `kind`: of what is missing.
    virtual void BindNull(int parameter, Kind kind) = 0;

    /// True when a row can be read, false when there are no more.
    [[nodiscard]] virtual Result<bool> Step() = 0;

    /// Of the row; "", 0 and 0.0 for NULL.
    [[nodiscard]] virtual std::string_view BytesAt(int column) const = 0;
    [[nodiscard]] virtual std::int64_t IntegerAt(int column) const = 0;
    [[nodiscard]] virtual double RealAt(int column) const = 0;
    [[nodiscard]] virtual bool IsNullAt(int column) const = 0;

    /// How many rows it changed; after its last step.
    [[nodiscard]] virtual int Changed() const = 0;
};

/// Binds C++ values to a statement, in order.
class Binder final {
public:
    explicit Binder(Statement& statement) : statement_(statement) {}

    void Bind(std::string_view text) { statement_.BindText(++index_, text); }

    void Bind(const Blob& blob) { statement_.BindBytes(++index_, blob.bytes); }

    void Bind(double number) { statement_.BindReal(++index_, number); }

    void Bind(const NullIfEmpty& value) {
        if (value.text.empty()) {
            statement_.BindNull(++index_, Kind::kText);
        } else {
            Bind(value.text);
        }
    }

    void Bind(const std::string& text) { Bind(std::string_view(text)); }

    void Bind(const char* text) { Bind(std::string_view(text)); }

    void Bind(Timestamp time) { statement_.BindInteger(++index_, ToMillis(time)); }

    void Bind(std::chrono::milliseconds duration) { statement_.BindInteger(++index_, duration.count()); }

    template <class Tag>
    void Bind(const StrongId<Tag>& id) {
        Bind(std::string_view(id.Value()));
    }

    template <class T>
        requires std::is_integral_v<T>
    void Bind(T number) {
        statement_.BindInteger(++index_, static_cast<std::int64_t>(number));
    }

    void Bind(const std::optional<Timestamp>& time) {
        if (time) {
            Bind(*time);
        } else {
            statement_.BindNull(++index_, Kind::kInteger);
        }
    }

    /// A function that binds all parameters itself.
    template <std::invocable<Statement&> BindAll>
    void Bind(const BindAll& bind_all) {
        bind_all(statement_);
    }

private:
    Statement& statement_;
    int index_ = 0;
};

/// Reads the columns of a row, in order.
class Row final {
public:
    explicit Row(const Statement& statement) : statement_(statement) {}

    [[nodiscard]] std::string Text() { return std::string(statement_.BytesAt(index_++)); }

    [[nodiscard]] std::string Bytes() { return Text(); }

    [[nodiscard]] std::int64_t Integer() { return statement_.IntegerAt(index_++); }

    [[nodiscard]] double Real() { return statement_.RealAt(index_++); }

    [[nodiscard]] int Int() { return static_cast<int>(Integer()); }

    [[nodiscard]] bool Bool() { return Integer() != 0; }

    [[nodiscard]] Timestamp Time() { return FromMillis(Integer()); }

    [[nodiscard]] std::chrono::milliseconds Duration() { return std::chrono::milliseconds(Integer()); }

    [[nodiscard]] std::optional<Timestamp> OptionalTime() {
        if (statement_.IsNullAt(index_)) {
            ++index_;
            return std::nullopt;
        }
        return Time();
    }

    template <class Id>
    [[nodiscard]] Id As() {
        return Id(Text());
    }

private:
    const Statement& statement_;
    int index_ = 0;
};

/// Used by one thread at a time.
class Connection {
public:
    Connection() = default;
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    virtual ~Connection() = default;

    /// Runs statements without parameters: migrations, settings, BEGIN.
    [[nodiscard]] virtual Result<void> Execute(const std::string& sql) = 0;

    /// Runs one statement; how many rows it changed. Its text outlives the connection (a constant).
    template <class Text, class... Values>
    [[nodiscard]] Result<int> Change(const Text& sql, const Values&... values) {
        auto statement = Start(sql, values...);
        if (!statement) {
            return Unexpected(statement.error());
        }
        while (true) {
            const auto more = (*statement)->Step();
            if (!more) {
                return Unexpected(more.error());
            }
            if (!*more) {
                return (*statement)->Changed();
            }
        }
    }

    /// As Change, for one that a constraint may refuse and that is not the last of its transaction then: what
    /// was done before stays.
    template <class Text, class... Values>
    [[nodiscard]] Result<int> TryChange(const Text& sql, const Values&... values) {
        if (auto guarded = BeginTry(); !guarded) {
            return Unexpected(guarded.error());
        }
        const auto changed = Change(sql, values...);
        const auto ended = EndTry(changed.has_value());
        return changed && !ended ? Result<int>(Unexpected(ended.error())) : changed;
    }

    /// All rows, each made by `make(Row&)`.
    template <class Text, class Make, class... Values>
    [[nodiscard]] auto Select(const Text& sql, Make&& make, const Values&... values)
        -> Result<std::vector<std::invoke_result_t<Make&, Row&>>> {
        std::vector<std::invoke_result_t<Make&, Row&>> rows;
        auto statement = Start(sql, values...);
        if (!statement) {
            return Unexpected(statement.error());
        }
        while (true) {
            const auto more = (*statement)->Step();
            if (!more) {
                return Unexpected(more.error());
            }
            if (!*more) {
                return rows;
            }
            Row row(**statement);  // NOLINT(misc-const-correctness): `make` takes its columns
            rows.push_back(make(row));
        }
    }

    /// Gives each row to `take(const Statement&)`, an error of which ends it. SQLite holds one row at a time.
    template <class Text, class Take, class... Values>
    [[nodiscard]] Result<void> ForEach(const Text& sql, Take&& take, const Values&... values) {
        auto statement = Start(sql, values...);
        if (!statement) {
            return Unexpected(statement.error());
        }
        while (true) {
            const auto more = (*statement)->Step();
            if (!more || !*more) {
                return more ? Result<void>{} : Unexpected(more.error());
            }
            if (auto taken = take(**statement); !taken) {
                return taken;
            }
        }
    }

    /// The first row, if there is one.
    template <class Text, class Make, class... Values>
    [[nodiscard]] auto First(const Text& sql, Make&& make, const Values&... values)
        -> Result<std::optional<std::invoke_result_t<Make&, Row&>>> {
        using Value = std::invoke_result_t<Make&, Row&>;
        return Select(sql, make, values...).map([](std::vector<Value> rows) {
            return rows.empty() ? std::optional<Value>() : std::optional<Value>(std::move(rows.front()));
        });
    }

protected:
    /// The statement, with nothing bound. kInternal: the database does not understand it.
    [[nodiscard]] virtual Result<Statement*> Prepare(const char* sql) = 0;

    /// Around a statement that may be refused; nothing where a refusal ends no transaction.
    [[nodiscard]] virtual Result<void> BeginTry() { return {}; }

    [[nodiscard]] virtual Result<void> EndTry(bool /*went_well*/) { return {}; }

    /// Which of the two is said here.
    [[nodiscard]] virtual const char* InItsWords(const Sql& sql) const noexcept = 0;

private:
    [[nodiscard]] Result<Statement*> PrepareText(const char* sql) { return Prepare(sql); }

    [[nodiscard]] Result<Statement*> PrepareText(const Sql& sql) { return Prepare(InItsWords(sql)); }

    template <class Text, class... Values>
    Result<Statement*> Start(const Text& sql, const Values&... values) {
        return PrepareText(sql).map([&](Statement* statement) {
            Binder binder(*statement);  // NOLINT(misc-const-correctness): not without values
            (binder.Bind(values), ...);
            return statement;
        });
    }
};

}  // namespace notify::sql
