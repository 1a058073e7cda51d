// notifications-api keys … and audit.

#include <string>
#include <vector>

#include <CLI/App.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>
#include <fmt/ranges.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "core/error.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

Result<void> AddKey(CommandLine& line) {
    const auto scopes = line.words.scopes.empty() ? std::vector<std::string>{"read"} : line.words.scopes;
    const auto& words = line.words;
    object body{{"name", words.name}, {"scopes", Texts(scopes)}};
    if (!words.sources.empty()) {
        body["sources"] = Texts(words.sources);
    }
    if (!words.buckets.empty()) {
        body["buckets"] = Texts(words.buckets);
    }
    if (!words.expires.empty()) {
        body["expires_at"] = words.expires;
    }
    return line.Ask("POST", "/v1/keys", body, [](const value& key) {
        fmt::print(
            "key {} ({})\nshown this one time: {}\n",
            Shown(key, "name"),
            Shown(key, "scopes"),
            Shown(key, "key")
        );
    });
}

Result<void> ListKeys(CommandLine& line) {
    return line.ShowAll("/v1/keys", [](const value& answer) {
        PrintTable(
            answer,
            {"id",
             "name",
             "scopes",
             "sources",
             "buckets",
             "created_at",
             "expires_at",
             "last_used_at",
             "revoked_at"},
            "no keys"
        );
    });
}

/// The id of the one key of that name that still opens; the text itself when no key has it as a name.
Result<std::string> IdOfKey(CommandLine& line, const std::string& text) {
    const auto keys = line.List("/v1/keys");
    if (!keys) {
        return Unexpected(keys.error());
    }
    std::vector<std::string> ids;
    for (const auto& key : keys->at("rows").as_array()) {
        if (Shown(key, "name") == text && Shown(key, "revoked_at").empty()) {
            ids.push_back(Shown(key, "id"));
        }
    }
    if (ids.size() > 1) {
        return Fail(
            ErrorCode::kConflict,
            fmt::format("{} keys are called {}; say which: {}", ids.size(), text, fmt::join(ids, ", "))
        );
    }
    return ids.empty() ? text : ids.front();
}

Result<void> RevokeKey(CommandLine& line) {
    const auto id = IdOfKey(line, line.words.id);
    if (!id) {
        return Unexpected(id.error());
    }
    return line.Ask("DELETE", "/v1/keys/" + PercentEncoded(*id), nullptr, [&](const value&) {
        fmt::print("{} is revoked\n", line.words.id);
    });
}

Result<void> ShowAudit(CommandLine& line) {
    const auto& words = line.words;
    auto target = fmt::format("/v1/audit?limit={}", words.limit);
    target += words.after.empty() ? "" : "&after=" + PercentEncoded(words.after);
    return line.Ask("GET", target, nullptr, [](const value& answer) {
        PrintTable(answer, {"at", "actor", "action", "subject", "detail"}, "nothing was done yet");
        PrintMore(answer);
    });
}

}  // namespace

void AddKeyCommands(CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = CommandLine::Group(app, "keys", "Keys of the API");
    auto& add = line.Add(group, "add", "Make a key", [&line] { return AddKey(line); });
    add.add_option("name", words.name, "What it is for")->required();
    add.add_option(
        "--scope", words.scopes, "read, write, people, webhooks, biometric or admin; may be repeated (read)"
    );
    add.add_option("--source", words.sources, "Id: limited to the buckets of this source; may be repeated");
    add.add_option("--bucket", words.buckets, "Id or name: limited to this bucket; may be repeated");
    add.add_option("--expires", words.expires, "When it ends: 2026-01-31T08:00:00Z");
    line.Add(group, "list", "All keys", [&line] { return ListKeys(line); });
    line.Add(group, "revoke", "Make a key worthless", [&line] { return RevokeKey(line); })
        .add_option("key", words.id, "Id or name")
        ->required();
    auto& audit = line.Add(app, "audit", "Who did what, newest first", [&line] { return ShowAudit(line); });
    audit.add_option("--limit", words.limit, "Rows, 1 to 200 (50)");
    audit.add_option("--after", words.after, "Go on after this entry: the list says how");
}

}  // namespace notify
