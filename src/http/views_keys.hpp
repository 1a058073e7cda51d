#pragma once

// What the API shows and takes of keys and the audit. Described structs, from which JSON, validation and
// OpenAPI come.

#include <optional>
#include <string>
#include <vector>

#include "http/described.hpp"
#include "http/words.hpp"

namespace notify::view {

struct KeyView {
    std::string id;
    std::string name;
    std::vector<std::string> scopes;
    std::vector<std::string> sources;
    std::vector<std::string> buckets;
    std::string created_at;
    std::optional<std::string> expires_at;
    std::optional<std::string> last_used_at;
    std::optional<std::string> revoked_at;
    std::optional<std::string> key;
};

BOOST_DESCRIBE_STRUCT(
    KeyView, (), (id, name, scopes, sources, buckets, created_at, expires_at, last_used_at, revoked_at, key)
)

struct NewKeyView {
    Name name;
    std::vector<Word<kScopeWords>> scopes;
    std::optional<std::vector<std::string>> sources;
    std::optional<std::vector<std::string>> buckets;
    std::optional<std::string> expires_at;
};

BOOST_DESCRIBE_STRUCT(NewKeyView, (), (name, scopes, sources, buckets, expires_at))

struct KeyList {
    std::vector<KeyView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(KeyList, (), (rows, next))

struct AuditView {
    std::string at;
    std::string actor;
    std::string action;
    std::string subject;
    std::string detail;
};

BOOST_DESCRIBE_STRUCT(AuditView, (), (at, actor, action, subject, detail))

struct AuditList {
    std::vector<AuditView> rows;
    std::string next;
};

BOOST_DESCRIBE_STRUCT(AuditList, (), (rows, next))

}  // namespace notify::view
