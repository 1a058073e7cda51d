// notifications-api sources …

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/earlier_config.hpp"
#include "app/commands/printing.hpp"
#include "app/commands/source_bodies.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

std::string TargetOf(const CommandLine& line) {
    return "/v1/sources/" + PercentEncoded(line.words.id);
}

Result<void> AddSource(CommandLine& line) {
    auto config = SourceConfig(line.words, {});
    auto secret = SecretBody(line.words);
    if (!config || !secret) {
        return Unexpected(config ? secret.error() : config.error());
    }
    object body{{"kind", line.words.kind}, {"config", *std::move(config)}};
    if (!line.words.name.empty()) {
        body["name"] = line.words.name;
    }
    if (line.words.max_in_flight) {
        body["max_in_flight"] = *line.words.max_in_flight;
    }
    if (*secret) {
        body["secret"] = **std::move(secret);
    }
    return line.Ask("POST", "/v1/sources", body, [](const value& source) {
        const bool is_queue = Shown(source, "kind") == "sqs";
        fmt::print(
            "source {0} ({1}) is there; {2} {0}\n",
            Shown(source, "name"),
            Shown(source, "id"),
            is_queue ? "see whether its queue answers: notifications-api sources test"
                     : "watch a bucket in it: notifications-api buckets add BUCKET --source"
        );
    });
}

Result<void> ChangeSource(CommandLine& line) {
    const auto there = line.Call("GET", TargetOf(line), nullptr);
    if (!there) {
        return Unexpected(there.error());
    }
    auto config = SourceConfig(line.words, there->at("config").as_object());
    if (!config) {
        return Unexpected(config.error());
    }
    object body{{"config", *std::move(config)}};
    if (!line.words.name.empty()) {
        body["name"] = line.words.name;
    }
    if (line.words.max_in_flight) {
        body["max_in_flight"] = *line.words.max_in_flight;
    }
    return line.Ask("PATCH", TargetOf(line), body, PrintDocument);
}

/// A source of that kind that is there is given what the file says in the place of what it had.
Result<value> MakeOrChange(CommandLine& line, const object& wanted) {
    const auto all = line.List("/v1/sources");
    if (!all) {
        return Unexpected(all.error());
    }
    for (const auto& source : all->at("rows").as_array()) {
        if (source.at("kind") != wanted.at("kind")) {
            continue;
        }
        auto config = source.at("config").as_object();
        for (const auto& member : wanted.at("config").as_object()) {
            config[member.key()] = member.value();
        }
        return line.Call(
            "PATCH", "/v1/sources/" + Shown(source, "id"), object{{"config", std::move(config)}}
        );
    }
    return line.Call("POST", "/v1/sources", wanted);
}

Result<void> ImportSources(CommandLine& line) {
    constexpr std::size_t kMostBytes = 1U << 20U;
    const auto read = ReadFile(line.words.id, kMostBytes).and_then([](const std::string& text) {
        return ReadEarlierConfig(text, ProcessorNames());
    });
    if (!read) {
        return Unexpected(read.error());
    }
    object done{{"sources", boost::json::array()}, {"sentences", boost::json::array()}};
    for (const auto& wanted : read->sources) {
        auto source = MakeOrChange(line, wanted);
        if (!source) {
            return Unexpected(source.error());
        }
        done["sources"].as_array().push_back(*std::move(source));
    }
    for (const auto& sentence : read->sentences) {
        done["sentences"].as_array().emplace_back(sentence);
    }
    line.Show(done, [](const value& answer) {
        for (const auto& source : answer.at("sources").as_array()) {
            fmt::print("source {} ({}) is as the file says\n", Shown(source, "name"), Shown(source, "kind"));
        }
        for (const auto& sentence : answer.at("sentences").as_array()) {
            fmt::print("{}\n", std::string_view(sentence.as_string()));
        }
    });
    return {};
}

Result<void> GiveSecret(CommandLine& line) {
    const auto body = SecretBody(line.words);
    if (!body) {
        return Unexpected(body.error());
    }
    return *body
               ? line.Ask(
                     "POST",
                     TargetOf(line) + "/secrets",
                     **body,
                     [](const value& source) {
                         fmt::print(
                             "source {} takes it from now on; the one before it is tried when the store "
                             "refuses "
                             "this one\n",
                             Shown(source, "name")
                         );
                     }
                 )
               : Fail(
                     ErrorCode::kInvalidArgument,
                     "give either --access-key with --secret-file, or --token-file ('-' reads standard input)"
                 );
}

Result<void> ForgetSecret(CommandLine& line) {
    const auto target = TargetOf(line) + "/secrets/" + PercentEncoded(line.words.number);
    return line.Ask("DELETE", target, nullptr, [&](const value&) {
        fmt::print("secret {} of source {} is forgotten\n", line.words.number, line.words.id);
    });
}

void AddConfig(CLI::App& command, Words& words) {
    auto& store = words.store;
    command.add_option("--endpoint", store.endpoint, "URL where the store answers");
    command.add_option("--queue-url", store.queue_url, "URL of the queue, of kind sqs");
    command.add_option("--region", store.region, "Region that requests are signed for (us-east-1)");
    command.add_option("--addressing", store.addressing, "automatic, path or virtual_host");
    command.add_option("--proxy", store.proxy, "URL of a proxy");
    command.add_option("--no-proxy", store.no_proxy, "Names and networks reached without it, by commas");
    command.add_option("--ca-file", store.ca_file, "PEM file of the authorities of the store's certificate");
    command.add_option("--bind-address", store.bind_address, "Address that connections start from");
    command.add_option(
        "--max-in-flight",
        words.max_in_flight,
        "How many items of its buckets are processed at a time, on all nodes (0: any number)"
    );
    command.add_option(
        "--config",
        words.config,
        "Members of the configuration, JSON (see GET /v1/store-kinds); the rest stays, null removes one"
    );
}

void AddSecret(CLI::App& command, Words& words) {
    auto& store = words.store;
    command.add_option("--access-key", store.access_key, "Access key; with --secret-file");
    command.add_option(
        "--secret-file", store.secret_file, "File whose first line is the secret key; - reads it"
    );
    command.add_option(
        "--session-token-file",
        store.session_token_file,
        "Of a temporary access key: file whose first line is its session token; - reads it"
    );
    command.add_option("--token-file", store.token_file, "File whose first line is a token; - reads it");
    command.add_option("--expires-at", store.expires_at, "When it ends: 2026-01-31T12:00:00Z");
}

}  // namespace

void AddSourceCommands(CLI::App& app, CommandLine& line) {
    auto& group = CommandLine::Group(app, "sources", "Stores that buckets are in");
    const auto named = [&](const std::string& name, const std::string& what, Run act) -> CLI::App& {
        auto& command = line.Add(group, name, what, std::move(act));
        command.add_option("source", line.words.id, "Id or name")->required();
        return command;
    };
    auto& add = line.Add(group, "add", "Add a store", [&line] { return AddSource(line); });
    add.add_option(
           "kind", line.words.kind, "s3, object_matrix, datacore or iconik; sqs for a queue of messages"
    )
        ->required();
    add.add_option("--name", line.words.name, "Its name; the kind when not given");
    AddConfig(add, line.words);
    AddSecret(add, line.words);
    line.Add(
            group,
            "import",
            "Make sources of the config.json of the service that came before",
            [&line] { return ImportSources(line); }
    )
        .add_option("file", line.words.id, "config.json")
        ->required();
    line.Add(group, "list", "All sources", [&line] {
        return line.ShowAll("/v1/sources", [](const value& answer) {
            PrintTable(
                answer,
                {"id", "name", "kind", "expires_at", "note"},
                "no sources yet: the first bucket makes one"
            );
        });
    });
    named("show", "One source; no secret is shown", [&line] {
        return line.Ask("GET", TargetOf(line), nullptr, PrintDocument);
    });
    auto& change =
        named("change", "Change what is given; the rest stays", [&line] { return ChangeSource(line); });
    change.add_option("--name", line.words.name, "Another name");
    AddConfig(change, line.words);
    AddSecret(
        named("secret", "Give it a new secret, taken at once", [&line] { return GiveSecret(line); }),
        line.words
    );
    named(
        "forget-secret",
        "Forget a secret; sources show has their numbers",
        [&line] { return ForgetSecret(line); }
    )
        .add_option("number", line.words.number, "Of the secret")
        ->required();
    named("test", "Ask the queue of a source of kind sqs, and say how far the way goes", [&line] {
        return line.Ask("POST", TargetOf(line) + "/test", nullptr, PrintTest);
    });
    named("remove", "Forget a source that has no buckets", [&line] {
        return line.Ask("DELETE", TargetOf(line), nullptr, [&](const value&) {
            fmt::print("source {} is removed\n", line.words.id);
        });
    });
}

}  // namespace notify
