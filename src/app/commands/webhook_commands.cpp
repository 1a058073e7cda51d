// notifications-api webhooks …

#include <cstddef>
#include <string>
#include <utility>
#include <vector>

#include <CLI/App.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>

#include "app/commands/api_client.hpp"
#include "app/commands/bodies.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/printing.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

using boost::json::object;
using boost::json::value;

constexpr std::size_t kMostPemBytes = 64U << 10U;
constexpr int kOverlapHours = 24;  // of the API, when none are given

std::string TargetOf(const CommandLine& line) {
    return "/v1/webhooks/" + PercentEncoded(line.words.id);
}

object OnlyOf(const Words& words) {
    return {
        {"sources", Texts(words.sources)},
        {"buckets", Texts(words.buckets)},
        {"processors", Texts(words.processors)},
        {"people", Texts(words.people)}
    };
}

bool NamesOrigins(const Words& words) {
    return !words.sources.empty() || !words.buckets.empty() || !words.processors.empty() ||
           !words.people.empty();
}

/// Empty when nothing was given.
Result<object> TransportOf(const TransportWords& words) {
    object transport;
    if (!words.proxy.empty()) {
        transport["proxy"] = words.proxy;
    }
    for (const auto& [member, file] :
         {std::pair("ca", words.ca_file),
          std::pair("client_certificate", words.client_certificate),
          std::pair("client_key", words.client_key)}) {
        if (file.empty()) {
            continue;
        }
        const auto text = ReadFile(file, kMostPemBytes);
        if (!text) {
            return Unexpected(text.error());
        }
        transport[member] = *text;
    }
    return transport;
}

Result<void> AddWebhook(CommandLine& line) {
    auto transport = TransportOf(line.words.transport);
    if (!transport) {
        return Unexpected(transport.error());
    }
    object body{
        {"url", line.words.url},
        {"types", Texts(line.words.types)},
        {"description", line.words.description.value_or("")},
        {"only", OnlyOf(line.words)}
    };
    if (!transport->empty()) {
        body["transport"] = std::move(*transport);
    }
    return line.Ask("POST", "/v1/webhooks", body, [](const value& endpoint) {
        fmt::print(
            "endpoint {} is told at {}\nsigning secret, shown this one time: {}\n",
            Shown(endpoint, "id"),
            Shown(endpoint, "url"),
            Shown(endpoint, "secret")
        );
    });
}

Result<void> ChangeWebhook(CommandLine& line) {
    object body;
    if (!line.words.url.empty()) {
        body["url"] = line.words.url;
    }
    if (!line.words.types.empty()) {
        body["types"] = line.words.types == std::vector<std::string>{"*"} ? boost::json::array()
                                                                          : Texts(line.words.types);
    }
    if (line.words.description) {
        body["description"] = *line.words.description;
    }
    if (NamesOrigins(line.words)) {
        body["only"] = OnlyOf(line.words);
    }
    auto transport = TransportOf(line.words.transport);
    if (!transport) {
        return Unexpected(transport.error());
    }
    if (!transport->empty() || line.words.transport.none) {
        body["transport"] = std::move(*transport);
    }
    if (body.empty()) {
        return Fail(
            ErrorCode::kInvalidArgument, "say what to change; webhooks change --help lists what can be"
        );
    }
    return line.Ask("PATCH", TargetOf(line), body, [](const value& endpoint) {
        fmt::print("endpoint {} is told at {}\n", Shown(endpoint, "id"), Shown(endpoint, "url"));
    });
}

Result<void> ListWebhooks(CommandLine& line) {
    return line.ShowAll("/v1/webhooks", [](const value& answer) {
        PrintTable(
            answer,
            {"id", "url", "types", "state", "failing_since", "last_error", "disabled_reason"},
            "no webhook endpoints"
        );
    });
}

Result<void> SetActive(CommandLine& line, bool active) {
    return line.Ask("PATCH", TargetOf(line), object{{"active", active}}, [&](const value& endpoint) {
        fmt::print("endpoint {} {}\n", Shown(endpoint, "id"), active ? "is told again" : "is paused");
    });
}

Result<void> RemoveWebhook(CommandLine& line) {
    return line.Ask("DELETE", TargetOf(line), nullptr, [&](const value&) {
        fmt::print("endpoint {} is removed; what waited for it is cancelled\n", line.words.id);
    });
}

Result<void> RotateSecret(CommandLine& line) {
    const auto& hours = line.words.overlap_hours;
    const auto body = hours ? value(object{{"overlap_hours", *hours}}) : value(nullptr);
    return line.Ask("POST", TargetOf(line) + "/rotate", body, [&](const value& endpoint) {
        fmt::print(
            "new signing secret, shown this one time: {}\nthe old one signs too for {} h\n",
            Shown(endpoint, "secret"),
            hours.value_or(kOverlapHours)
        );
    });
}

Result<void> ReplayEvents(CommandLine& line) {
    const auto& words = line.words;
    object body;
    if (!words.since.empty()) {
        body["since"] = words.since;
    }
    if (words.from_sequence) {
        body["from_sequence"] = *words.from_sequence;
    }
    if (words.to_sequence) {
        body["to_sequence"] = *words.to_sequence;
    }
    return line.Ask("POST", TargetOf(line) + "/replay", body, [](const value& answer) {
        const auto count = Shown(answer, "deliveries");
        fmt::print(
            "{} {} on {} way\n",
            Counted(count, "delivery", "deliveries"),
            count == "1" ? "is" : "are",
            count == "1" ? "its" : "their"
        );
    });
}

Result<void> ListDeliveries(CommandLine& line) {
    const auto& words = line.words;
    auto target = fmt::format("/v1/deliveries?limit={}", words.limit);
    target += words.status.empty() ? "" : "&status=" + PercentEncoded(words.status);
    target += words.id.empty() ? "" : "&endpoint=" + PercentEncoded(words.id);
    target += words.since.empty() ? "" : "&since=" + PercentEncoded(words.since);
    target += words.after.empty() ? "" : "&after=" + PercentEncoded(words.after);
    return line.Ask("GET", target, nullptr, [](const value& answer) {
        PrintTable(
            answer,
            {"id",
             "kind",
             "status",
             "attempt",
             "next_attempt_at",
             "created_at",
             "endpoint",
             "event",
             "last_error"},
            "no deliveries"
        );
        PrintMore(answer);
    });
}

void PrintDelivery(const value& delivery) {
    for (const auto* member :
         {"id", "kind", "event", "endpoint", "status", "attempt", "next_attempt_at", "last_error"}) {
        fmt::print("{:<15} {}\n", member, Shown(delivery, member));
    }
    fmt::print("\ntries\n");
    PrintTable(
        object{{"rows", delivery.at("attempts")}},
        {"number", "at", "duration_ms", "http_status", "error", "response"},
        "none yet"
    );
}

void PrintSent(const value& delivery) {
    fmt::print("delivery {} is on its way\n", Shown(delivery, "delivery"));
}

void AddOrigins(CLI::App& command, Words& words) {
    command.add_option("--source", words.sources, "Only what is about it: an id; may be repeated");
    command.add_option("--bucket", words.buckets, "Only what is about it: an id; may be repeated");
    command.add_option("--processor", words.processors, "Only what names it; may be repeated");
    command.add_option("--person", words.people, "Only what names them: an id; may be repeated");
}

void AddTransport(CLI::App& command, TransportWords& words) {
    command.add_option("--proxy", words.proxy, "It is reached through it: http or https");
    command.add_option("--ca-file", words.ca_file, "Trust only these authorities: a PEM file");
    command.add_option("--client-certificate", words.client_certificate, "Shown to it: a PEM file");
    command.add_option("--client-key", words.client_key, "Its key: a PEM file");
}

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddWebhookCommands(CLI::App& app, CommandLine& line) {
    auto& words = line.words;
    auto& group = CommandLine::Group(app, "webhooks", "Who is told, and what became of it");
    auto& add = line.Add(group, "add", "Tell an address", [&line] { return AddWebhook(line); });
    add.add_option("url", words.url, "http or https")->required();
    add.add_option("--types", words.types, "Event types; item.* is a prefix; all when not given");
    add.add_option("--description", words.description, "What it is for");
    AddOrigins(add, words);
    AddTransport(add, words.transport);
    auto& change = line.Add(group, "change", "Change what is given; the rest stays, the secret too", [&line] {
        return ChangeWebhook(line);
    });
    change.add_option("endpoint", words.id, "Id")->required();
    change.add_option("--url", words.url, "http or https");
    change.add_option("--types", words.types, "Event types; item.* is a prefix; '*' for all");
    change.add_option("--description", words.description, "What it is for");
    AddOrigins(change, words);
    AddTransport(change, words.transport);
    change.add_flag("--no-transport", words.transport.none, "No proxy or certificates of its own any more");
    line.Add(group, "list", "All endpoints", [&line] { return ListWebhooks(line); });
    const auto one = [&](const std::string& name, const std::string& what, Run act) -> CLI::App& {
        auto& command = line.Add(group, name, what, std::move(act));
        command.add_option("endpoint", words.id, "Id")->required();
        return command;
    };
    one("rotate", "Give it a new secret", [&line] {
        return RotateSecret(line);
    }).add_option("--overlap-hours", words.overlap_hours, "How long the old one signs too, 0 to 168 (24)");
    auto& replay =
        one("replay", "Send again what failed, or a range of events", [&line] { return ReplayEvents(line); });
    replay.add_option(
        "--since", words.since, "What failed or was cancelled from then on: 2026-01-31T08:00:00Z"
    );
    replay.add_option("--from-sequence", words.from_sequence, "All it wants from this event …");
    replay.add_option("--to-sequence", words.to_sequence, "… to this one, whatever became of them");
    one("pause", "Tell it nothing for now", [&line] { return SetActive(line, false); });
    one("resume", "Tell it again", [&line] { return SetActive(line, true); });
    one("remove", "Forget an endpoint", [&line] { return RemoveWebhook(line); });
    one("test", "Send it a test event", [&line] {
        return line.Ask("POST", TargetOf(line) + "/test", nullptr, PrintSent);
    });
    auto& deliveries = line.Add(group, "deliveries", "What was sent, newest first", [&line] {
        return ListDeliveries(line);
    });
    deliveries.add_option(
        "--status", words.status, "Pending, Processing, Completed, Failed, Cancelled or Skipped"
    );
    deliveries.add_option("--endpoint", words.id, "Id of an endpoint");
    deliveries.add_option("--since", words.since, "From then on: 2026-01-31T08:00:00Z");
    deliveries.add_option("--limit", words.limit, "Rows, 1 to 200 (50)");
    deliveries.add_option("--after", words.after, "Go on after this delivery: the list says how");
    line.Add(
            group,
            "delivery",
            "One delivery, with its tries and what was answered",
            [&line] {
                return line.Ask(
                    "GET",
                    fmt::format("/v1/deliveries/{}", PercentEncoded(line.words.id)),
                    nullptr,
                    PrintDelivery
                );
            }
    )
        .add_option("delivery", words.id, "Id")
        ->required();
    line.Add(
            group,
            "resend",
            "Send a delivery again",
            [&line] {
                return line.Ask(
                    "POST",
                    fmt::format("/v1/deliveries/{}/resend", PercentEncoded(line.words.id)),
                    nullptr,
                    PrintSent
                );
            }
    )
        .add_option("delivery", words.id, "Id")
        ->required();
}

}  // namespace notify
