#pragma once

// A row of the table person.

#include "domain/person.hpp"
#include "storage/sql/connection.hpp"

namespace notify::sql {

/// Of the columns id, name, created_at, hidden, merged_into, root, consent.
[[nodiscard]] inline Person ReadPerson(Row& row) {
    return {
        .id = row.As<PersonId>(),
        .name = row.Text(),
        .created_at = row.Time(),
        .hidden = row.Bool(),
        .merged_into = row.As<PersonId>(),
        .root = row.As<PersonId>(),
        .consent = row.Text()
    };
}

}  // namespace notify::sql
