#pragma once

// One connection to a database of SQL: statements with typed values and rows. What the two databases do not
// say alike is written twice: Sql.

#include <chrono>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <functional>
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

/// What a statement is given. Parameters count from 1.
class Parameters {
public:
    Parameters() = default;
    Parameters(const Parameters&) = delete;
    Parameters& operator=(const Parameters&) = delete;
    virtual ~Parameters() = default;

    virtual void BindText(int parameter, std::string_view text) = 0;
    virtual void BindBytes(int parameter, std::string_view bytes) = 0;
    virtual void BindInteger(int parameter, std::int64_t number) = 0;
    virtual void BindReal(int parameter, double number) = 0;
    /// `kind`: of what is missing.
    virtual void BindNull(int parameter, Kind kind) = 0;
};

/// A statement that is prepared on a connection and belongs to it. Columns count from 0. Bound texts and
/// bytes are not copied: they outlive its steps.
class Statement : public Parameters {
public:
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
    explicit Binder(Parameters& statement) : statement_(statement) {}

    template <class... Values>
    void BindAll(const Values&... values) {
        (Bind(values), ...);
    }

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
    template <std::invocable<Parameters&> BindAll>
    void Bind(const BindAll& bind_all) {
        bind_all(statement_);
    }

private:
    Parameters& statement_;
    int index_ = 0;
};

/// Of rows that are the only parameter themselves, for ChangeFor and SelectFor.
inline constexpr auto kBindItself = [](const auto& value, Binder& binder) { binder.Bind(value); };

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

    /// Runs a statement for each of `rows`, with what `bind(row, Binder&)` binds of it (texts of the row
    /// itself, not copies); how many rows it changed in all. Where a statement is a call (SQLite) it is one
    /// of a single row and run for each in turn; where it is a message (PostgreSQL) it is run once, and each
    /// of its parameters is an array.
    template <class Item, class Bind>
    [[nodiscard]] Result<int> ChangeFor(const Sql& sql, const std::vector<Item>& rows, Bind&& bind) {
        return RunFor(sql, RowsOf(rows, bind), [](const Statement&) {});
    }

    /// As ChangeFor; all rows that come back, each made by `make(Row&)`.
    template <class Item, class Bind, class Make>
    [[nodiscard]] auto SelectFor(const Sql& sql, const std::vector<Item>& rows, Bind&& bind, Make&& make)
        -> Result<std::vector<std::invoke_result_t<Make&, Row&>>> {
        std::vector<std::invoke_result_t<Make&, Row&>> made;
        auto ran = RunFor(sql, RowsOf(rows, bind), [&](const Statement& statement) {
            Row row(statement);  // NOLINT(misc-const-correctness): `make` takes its columns
            made.push_back(make(row));
        });
        return ran.map([&](int) { return std::move(made); });
    }

protected:
    /// What a statement is given for several rows.
    struct GivenRows {
        std::size_t count = 0;
        std::function<void(std::size_t row, Parameters&)> bind;
    };

    using ReadRow = std::function<void(const Statement&)>;

    /// Runs the statement for the rows, of which there may be none: how many rows it changed.
    [[nodiscard]] virtual Result<int> RunFor(const Sql& sql, const GivenRows& rows, const ReadRow& read);

    /// Steps to the end: how many rows it changed.
    [[nodiscard]] static Result<int> Finish(Statement& statement, const ReadRow& read);

    /// The statement, with nothing bound. kInternal: the database does not understand it.
    [[nodiscard]] virtual Result<Statement*> Prepare(const char* sql) = 0;

    /// Around a statement that may be refused; nothing where a refusal ends no transaction.
    [[nodiscard]] virtual Result<void> BeginTry() { return {}; }

    [[nodiscard]] virtual Result<void> EndTry(bool /*went_well*/) { return {}; }

    /// Which of the two is said here.
    [[nodiscard]] virtual const char* InItsWords(const Sql& sql) const noexcept = 0;

private:
    template <class Item, class Bind>
    static GivenRows RowsOf(const std::vector<Item>& rows, Bind& bind) {
        return {.count = rows.size(), .bind = [&rows, &bind](std::size_t row, Parameters& parameters) {
                    Binder binder(parameters);  // NOLINT(misc-const-correctness): `bind` gives it values
                    bind(rows[row], binder);
                }};
    }

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
