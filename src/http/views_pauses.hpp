#pragma once

// What the API shows and takes of pauses. Described structs, from which JSON, validation and OpenAPI come.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "domain/pause.hpp"
#include "http/described.hpp"

namespace notify::view {

struct PauseRow {
    std::string id;
    Word<kPauseOfWords> of;
    std::string subject;
    std::string reason;
    std::string actor;
    std::string since;
    std::optional<std::string> until;
};

BOOST_DESCRIBE_STRUCT(PauseRow, (), (id, of, subject, reason, actor, since, until))

struct PauseList {
    std::vector<PauseRow> rows;
};

BOOST_DESCRIBE_STRUCT(PauseList, (), (rows))

struct NewPause {
    Word<kPauseOfWords> of;
    std::optional<std::string> subject;
    Name reason;
    std::optional<std::string> until;
    std::optional<Within<std::int64_t, 1, 315'360'000>> for_seconds;  // to ten years
};

BOOST_DESCRIBE_STRUCT(NewPause, (), (of, subject, reason, until, for_seconds))

}  // namespace notify::view
