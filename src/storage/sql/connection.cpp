#include "storage/sql/connection.hpp"

#include <cstddef>

#include "core/result.hpp"

namespace notify::sql {

Result<int> Connection::RunFor(const Sql& sql, const GivenRows& rows, const ReadRow& read) {
    int changed = 0;
    for (std::size_t row = 0; row < rows.count; ++row) {
        const auto done = PrepareText(sql).and_then([&](Statement* statement) {
            rows.bind(row, *statement);
            return Finish(*statement, read);
        });
        if (!done) {
            return done;
        }
        changed += *done;
    }
    return changed;
}

Result<int> Connection::Finish(Statement& statement, const ReadRow& read) {
    while (true) {
        const auto more = statement.Step();
        if (!more) {
            return Unexpected(more.error());
        }
        if (!*more) {
            return statement.Changed();
        }
        read(statement);
    }
}

}  // namespace notify::sql
