#include "storage/postgres/connection.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <libpq-fe.h>
#include <postgres_ext.h>

#include "core/error.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "storage/postgres/dialect.hpp"
#include "storage/postgres/faults.hpp"
#include "storage/postgres/server.hpp"
#include "storage/postgres/wire.hpp"
#include "storage/sql/connection.hpp"

namespace notify::postgres {

namespace {

constexpr int kOldestServer = 150000;

// Source: src/include/catalog/pg_type.dat of PostgreSQL
constexpr Oid kBool = 16;
constexpr Oid kInt8 = 20;
constexpr Oid kInt4 = 23;
constexpr Oid kFloat8 = 701;

constexpr int kBinary = 1;

constexpr std::chrono::milliseconds kStatementPatience = std::chrono::seconds(65);

}  // namespace

class Connection::Prepared final : public sql::Statement {
public:
    Prepared(Connection& connection, const char* sql)
        : connection_(connection), text_(Translate(sql)), name_("n" + Sha256Hex(text_).substr(0, 24)) {}

    void Reset() {
        parameters_.clear();
        result_.reset();
    }

    /// Runs it with an array for each parameter; planned anew, because the plan depends on how many there
    /// are.
    [[nodiscard]] Result<void> Send(const Columns& columns) {
        const auto arrays = columns.Arrays();
        std::vector<Oid> types;
        std::vector<const char*> values;
        std::vector<int> lengths;
        for (const auto& array : arrays) {
            types.push_back(array.type);
            values.push_back(array.bytes.data());
            lengths.push_back(static_cast<int>(array.bytes.size()));
        }
        const std::vector<int> formats(arrays.size(), kBinary);
        row_ = -1;
        return Take(PQsendQueryParams(
            connection_.handle_,
            text_.c_str(),
            static_cast<int>(arrays.size()),
            types.data(),
            values.data(),
            lengths.data(),
            formats.data(),
            kBinary
        ));
    }

    void BindText(int parameter, std::string_view text) override {
        At(parameter, sql::Kind::kText).bytes = text;
    }

    void BindBytes(int parameter, std::string_view bytes) override {
        At(parameter, sql::Kind::kBytes).bytes = bytes;
    }

    void BindInteger(int parameter, std::int64_t number) override {
        At(parameter, sql::Kind::kInteger).number = ToWire(static_cast<std::uint64_t>(number));
    }

    void BindReal(int parameter, double number) override {
        At(parameter, sql::Kind::kReal).number = ToWire(std::bit_cast<std::uint64_t>(number));
    }

    void BindNull(int parameter, sql::Kind kind) override { At(parameter, kind).is_null = true; }

    [[nodiscard]] Result<bool> Step() override {
        if (result_) {
            ++row_;
        } else if (auto sent = Send(); !sent) {
            return Unexpected(sent.error());
        }
        if (row_ < PQntuples(result_.get())) {
            return true;
        }
        const std::string_view count = PQcmdTuples(result_.get());
        changed_ = count.empty() ? 0 : std::stoi(std::string(count));
        result_.reset();  // an artifact's bytes may be in it
        return false;
    }

    [[nodiscard]] std::string_view BytesAt(int column) const override {
        return {
            PQgetvalue(result_.get(), row_, column),
            static_cast<std::size_t>(PQgetlength(result_.get(), row_, column))
        };
    }

    [[nodiscard]] std::int64_t IntegerAt(int column) const override {
        if (IsNullAt(column)) {
            return 0;
        }
        const auto bits = FromWire(BytesAt(column));
        switch (PQftype(result_.get(), column)) {
            case kInt4:
                return static_cast<std::int32_t>(static_cast<std::uint32_t>(bits));
            case kInt8:
            case kBool:
                return static_cast<std::int64_t>(bits);
            default:
                return 0;
        }
    }

    [[nodiscard]] double RealAt(int column) const override {
        if (IsNullAt(column)) {
            return 0;
        }
        return PQftype(result_.get(), column) == kFloat8 ? std::bit_cast<double>(FromWire(BytesAt(column)))
                                                         : static_cast<double>(IntegerAt(column));
    }

    [[nodiscard]] bool IsNullAt(int column) const override {
        return PQgetisnull(result_.get(), row_, column) != 0;
    }

    [[nodiscard]] int Changed() const override { return changed_; }

private:
    struct Parameter {
        sql::Kind kind = sql::Kind::kText;
        bool is_null = false;
        std::string_view bytes;
        std::array<char, 8> number{};

        [[nodiscard]] bool IsNumber() const noexcept {
            return kind == sql::Kind::kInteger || kind == sql::Kind::kReal;
        }
    };

    /// As libpq takes the parameters.
    struct Scalars {
        std::vector<std::string> fitted;  ///< Texts that had to be changed.
        std::vector<Oid> types;
        std::vector<const char*> values;
        std::vector<int> lengths;
        std::vector<int> formats;
    };

    Parameter& At(int parameter, sql::Kind kind) {
        parameters_.resize(std::max(parameters_.size(), static_cast<std::size_t>(parameter)));
        auto& bound = parameters_[static_cast<std::size_t>(parameter) - 1];
        bound.kind = kind;
        return bound;
    }

    [[nodiscard]] Scalars ToSend() const {
        Scalars sent;
        sent.fitted.resize(parameters_.size());  // never moves again: the values point into it
        for (std::size_t i = 0; i < parameters_.size(); ++i) {
            const auto& bound = parameters_[i];
            const auto bytes = bound.IsNumber() ? std::string_view(bound.number.data(), bound.number.size())
                               : bound.kind == sql::Kind::kText ? FitText(bound.bytes, sent.fitted[i])
                                                                : bound.bytes;
            sent.types.push_back(TypeOf(bound.kind));
            sent.values.push_back(bound.is_null ? nullptr : bytes.data() == nullptr ? "" : bytes.data());
            sent.lengths.push_back(static_cast<int>(bytes.size()));
            sent.formats.push_back(kBinary);
        }
        return sent;
    }

    /// Once for each connection. What is named alike is the same statement, whoever prepared it.
    [[nodiscard]] Result<void> PrepareOnce(const Scalars& sent) {
        if (prepared_) {
            return {};
        }
        const int is_sent = PQsendPrepare(
            connection_.handle_,
            name_.c_str(),
            text_.c_str(),
            static_cast<int>(sent.types.size()),
            sent.types.data()
        );
        return connection_.Answer(is_sent == 1, "prepare", kStatementPatience).map([&](const ResultPtr&) {
            prepared_ = true;
        });
    }

    [[nodiscard]] Result<void> Send() {
        const auto sent = ToSend();
        const auto count = static_cast<int>(sent.values.size());
        row_ = 0;
        if (!connection_.prepares_) {
            return Take(PQsendQueryParams(
                connection_.handle_,
                text_.c_str(),
                count,
                sent.types.data(),
                sent.values.data(),
                sent.lengths.data(),
                sent.formats.data(),
                kBinary
            ));
        }
        return PrepareOnce(sent).and_then([&] {
            return Take(PQsendQueryPrepared(
                connection_.handle_,
                name_.c_str(),
                count,
                sent.values.data(),
                sent.lengths.data(),
                sent.formats.data(),
                kBinary
            ));
        });
    }

    /// The result of what was sent.
    [[nodiscard]] Result<void> Take(int is_sent) {
        return connection_.Answer(is_sent == 1, "run a statement", kStatementPatience)
            .map([&](ResultPtr result) { result_ = std::move(result); });
    }

    Connection& connection_;
    const std::string text_;
    const std::string name_;
    std::vector<Parameter> parameters_;
    ResultPtr result_;
    int row_ = 0;
    int changed_ = 0;
    bool prepared_ = false;
};

Connection::Connection(PGconn* handle) : handle_(handle) {}

Connection::~Connection() {
    statements_.clear();
    PQfinish(handle_);
}

Result<std::unique_ptr<Connection>> Connection::Open(const PostgresServer& server) {
    const std::vector<std::pair<const char*, std::string>> given{
        {"host", server.host},
        {"port", server.port},
        {"user", server.user},
        {"password", server.password},
        {"dbname", server.database},
        {"sslmode", server.tls_mode},
        {"sslrootcert", server.tls_root_cert},
        {"application_name", "notifications-api"},
        {"client_encoding", "UTF8"},
        {"target_session_attrs", "read-write"},
        {"connect_timeout", "5"},
        {"keepalives_idle", "5"},
        {"keepalives_interval", "2"},
        {"keepalives_count", "3"},
        {"tcp_user_timeout", "10000"},
    };
    std::vector<const char*> names;
    std::vector<const char*> values;
    for (const auto& [name, value] : given) {
        if (!value.empty()) {
            names.push_back(name);
            values.push_back(value.c_str());
        }
    }
    names.push_back(nullptr);
    values.push_back(nullptr);
    std::unique_ptr<Connection> connection(new Connection(PQconnectdbParams(names.data(), values.data(), 0)));
    if (!connection->IsGood()) {
        return Unexpected(ConnectFault(server, PQerrorMessage(connection->handle_)));
    }
    PQsetNoticeProcessor(connection->handle_, [](void*, const char*) {}, nullptr);
    connection->WaitForEver(false);
    const int version = PQserverVersion(connection->handle_);
    if (version < kOldestServer) {
        return Fail(
            ErrorCode::kUnsupported,
            fmt::format(
                "PostgreSQL at {} is version {}; 15 or newer is needed", AddressOf(server), version / 10000
            )
        );
    }
    return connection;
}

Result<std::string> Connection::Ask(const std::string& sql, std::chrono::milliseconds patience) {
    return Answer(PQsendQuery(handle_, sql.c_str()) == 1, "run a statement", patience)
        .map([](const ResultPtr& result) {
            return PQntuples(result.get()) > 0 ? std::string(PQgetvalue(result.get(), 0, 0)) : std::string();
        });
}

Result<void> Connection::Execute(const std::string& sql) {
    return Ask(sql).map([](const std::string&) {});
}

bool Connection::TakeNotified() {
    struct FreeNotification {
        void operator()(PGnotify* notification) const noexcept { PQfreemem(notification); }
    };

    PQconsumeInput(handle_);  // what is wrong with the connection its status says
    bool any = false;
    while (const std::unique_ptr<PGnotify, FreeNotification> told{PQnotifies(handle_)}) {
        any = any || told->be_pid != Process();
    }
    return any;
}

Result<void> Connection::BeginTry() {
    return Execute("SAVEPOINT statement");
}

Result<void> Connection::EndTry(bool went_well) {
    return Execute(
        went_well ? "RELEASE SAVEPOINT statement"
                  : "ROLLBACK TO SAVEPOINT statement; RELEASE SAVEPOINT statement"
    );
}

Connection::Prepared& Connection::Known(const char* sql) {
    const auto [found, is_new] = statements_.try_emplace(sql);
    if (is_new) {
        found->second = std::make_unique<Prepared>(*this, sql);
    } else {
        found->second->Reset();
    }
    return *found->second;
}

Result<sql::Statement*> Connection::Prepare(const char* sql) {
    return &Known(sql);
}

Result<int> Connection::RunFor(const sql::Sql& sql, const GivenRows& rows, const ReadRow& read) {
    if (rows.count == 0) {
        return 0;
    }
    Columns columns;
    for (std::size_t row = 0; row < rows.count; ++row) {
        rows.bind(row, columns);
    }
    auto& statement = Known(sql.postgres);
    return statement.Send(columns).and_then([&] { return Finish(statement, read); });
}

}  // namespace notify::postgres
