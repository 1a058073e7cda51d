#pragma once

// What the API shows of messages: what they told of, and those that were not understood. Described structs,
// from which JSON and OpenAPI come.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "domain/news.hpp"
#include "http/described.hpp"

namespace notify::view {

struct MessageTaken {
    int added = 0;
    int known = 0;
    std::optional<std::string> ignored;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(MessageTaken, (), (added, known, ignored, sentence))

struct NewsRow {
    std::string id;
    Word<kNewsKindWords> kind;
    std::string address;
    std::string source;
    std::int64_t told = 1;
    std::string first_told_at;
    std::string due_at;
    int tries = 0;
    std::string reason;
    std::string sentence;
};

BOOST_DESCRIBE_STRUCT(
    NewsRow, (), (id, kind, address, source, told, first_told_at, due_at, tries, reason, sentence)
)

struct NewsList {
    std::vector<NewsRow> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(NewsList, (), (rows, next))

struct DeadMessageRow {
    std::string id;
    std::string source;
    std::string message;
    std::string reason;
    std::string sentence;
    std::int64_t size_bytes = 0;
    bool whole = true;
    int receives = 1;
    std::string created_at;
    std::optional<std::string> replayed_at;
};

BOOST_DESCRIBE_STRUCT(
    DeadMessageRow,
    (),
    (id, source, message, reason, sentence, size_bytes, whole, receives, created_at, replayed_at)
)

struct DeadMessageView : DeadMessageRow {
    std::string body;
};

BOOST_DESCRIBE_STRUCT(DeadMessageView, (DeadMessageRow), (body))

struct DeadMessageList {
    std::vector<DeadMessageRow> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(DeadMessageList, (), (rows, next))

}  // namespace notify::view
