#include "app/commands/api_commands.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "app/commands/bodies.hpp"
#include "app/commands/printing.hpp"
#include "core/json.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::object;
using boost::json::value;

class Commands {
public:
    Commands(ApiClient& client, const bool& json) : client_(client), json_(json) {}

    Result<void> AddBucket();
    Result<void> ListBuckets();
    Result<void> ScanBucket();
    Result<void> ListItems();
    Result<void> ShowItem();
    Result<void> WhyItem();
    Result<void> Act(std::string_view action);
    Result<void> Enrol();
    Result<void> ListPeople();
    Result<void> AddWebhook();
    Result<void> ListWebhooks();
    Result<void> AddKey();
    Result<void> ListKeys();
    Result<void> RevokeKey();

    Words words;

private:
    /// Asks, and prints the answer as JSON or by `print`.
    template <class Print>
    Result<void> Ask(std::string_view method, const std::string& target, const value& body, Print&& print) {
        auto answer = client_.Call(method, target, body);
        if (!answer) {
            return Unexpected(answer.error());
        }
        if (json_) {
            fmt::print("{}\n", ToJsonText(*answer));
        } else {
            print(*answer);
        }
        return {};
    }

    ApiClient& client_;
    const bool& json_;
};

Result<void> Commands::AddBucket() {
    const auto body = BucketBody(words);
    if (!body) {
        return Unexpected(body.error());
    }
    return Ask("POST", "/v1/buckets", *body, [](const value& bucket) {
        fmt::print(
            "bucket {} ({}) watches {}\n",
            Shown(bucket, "name"),
            Shown(bucket, "id"),
            Shown(bucket, "location")
        );
        if (Shown(bucket, "processors").empty()) {
            fmt::print("no processor is chosen: everything in it will be skipped (--processor)\n");
        }
    });
}

Result<void> Commands::ListBuckets() {
    return Ask("GET", "/v1/buckets", nullptr, [](const value& answer) {
        PrintTable(
            answer,
            {"name", "location", "active", "processors", "last_scan_at", "last_scan_note"},
            "no buckets yet: notifications-api buckets add FOLDER --processor NAME"
        );
    });
}

Result<void> Commands::ScanBucket() {
    return Ask(
        "POST", fmt::format("/v1/buckets/{}/scan", PercentEncoded(words.id)), nullptr, [](const value& scan) {
            fmt::print(
                "{} objects seen, {} new items, {} still growing\n",
                Shown(scan, "seen"),
                Shown(scan, "added"),
                Shown(scan, "settling")
            );
            if (!Shown(scan, "note").empty()) {
                fmt::print("{}\n", Shown(scan, "note"));
            }
        }
    );
}

Result<void> Commands::ListItems() {
    auto target = fmt::format("/v1/items?limit={}", words.limit);
    target += words.status.empty() ? "" : "&status=" + PercentEncoded(words.status);
    target += words.bucket.empty() ? "" : "&bucket=" + PercentEncoded(words.bucket);
    return Ask("GET", target, nullptr, [](const value& answer) {
        PrintTable(answer, {"id", "key", "status", "since", "blocked_by", "reason"}, "no items");
    });
}

Result<void> Commands::ShowItem() {
    return Ask("GET", "/v1/items/" + PercentEncoded(words.id), nullptr, [](const value& item) {
        for (const auto* member :
             {"id",
              "key",
              "bucket",
              "media_type",
              "size_bytes",
              "content_sha256",
              "status",
              "since",
              "blocked_by",
              "reason"}) {
            fmt::print("{:<15} {}\n", member, Shown(item, member));
        }
        fmt::print("\nprocesses\n");
        PrintTable(
            object{{"rows", item.at("processes")}},
            {"id", "processor", "run", "status", "attempt", "crashes", "rescues", "result"},
            "none"
        );
        fmt::print("\nhistory\n");
        PrintTable(
            object{{"rows", item.at("history")}}, {"at", "status", "attempt", "reason_code", "reason"}, "none"
        );
    });
}

Result<void> Commands::WhyItem() {
    return Ask("GET", "/v1/items/" + PercentEncoded(words.id), nullptr, [](const value& item) {
        fmt::print("{} since {}\n", Shown(item, "status"), Shown(item, "since"));
        for (const auto& sentence : item.at("why").as_array()) {
            fmt::print("  {}\n", std::string_view(sentence.as_string()));
        }
    });
}

Result<void> Commands::Act(std::string_view action) {
    return Ask(
        "POST",
        fmt::format("/v1/items/{}/{}", PercentEncoded(words.id), action),
        nullptr,
        [&](const value& answer) { fmt::print("{}: {} processes\n", action, Shown(answer, "processes")); }
    );
}

Result<void> Commands::Enrol() {
    const auto body = EnrolmentBody(words);
    if (!body) {
        return Unexpected(body.error());
    }
    return Ask("POST", "/v1/people", *body, [](const value& answer) {
        for (const auto& verdict : answer.at("verdicts").as_array()) {
            const bool accepted = verdict.at("accepted").as_bool();
            const auto sentence = Shown(verdict, "sentence");
            fmt::print(
                "{}: {}{}{}\n",
                Shown(verdict, "file_name"),
                accepted ? "accepted" : "refused",
                sentence.empty() ? "" : ", ",
                sentence
            );
        }
        for (const auto& warning : answer.at("warnings").as_array()) {
            fmt::print("warning: {}\n", std::string_view(warning.as_string()));
        }
        fmt::print(
            "{} ({}) has {} photos\n", Shown(answer, "name"), Shown(answer, "person"), Shown(answer, "photos")
        );
    });
}

Result<void> Commands::ListPeople() {
    return Ask("GET", "/v1/people", nullptr, [](const value& answer) {
        object shown{{"rows", array{}}};
        for (const auto& person : answer.at("rows").as_array()) {
            shown["rows"].as_array().push_back(
                object{
                    {"id", person.at("id")},
                    {"name", person.at("name")},
                    {"photos", person.at("photos").as_array().size()},
                    {"created_at", person.at("created_at")}
                }
            );
        }
        PrintTable(
            shown,
            {"id", "name", "photos", "created_at"},
            "nobody is enrolled: notifications-api people enrol NAME PHOTO…"
        );
    });
}

Result<void> Commands::AddWebhook() {
    return Ask(
        "POST",
        "/v1/webhooks",
        object{{"url", words.url}, {"types", Texts(words.types)}},
        [](const value& endpoint) {
            fmt::print(
                "endpoint {} is told at {}\nsigning secret, shown this one time: {}\n",
                Shown(endpoint, "id"),
                Shown(endpoint, "url"),
                Shown(endpoint, "secret")
            );
        }
    );
}

Result<void> Commands::ListWebhooks() {
    return Ask("GET", "/v1/webhooks", nullptr, [](const value& answer) {
        PrintTable(
            answer,
            {"id", "url", "types", "active", "consecutive_failures", "disabled_reason"},
            "no webhook endpoints"
        );
    });
}

Result<void> Commands::AddKey() {
    const auto scopes = words.scopes.empty() ? std::vector<std::string>{"read"} : words.scopes;
    return Ask(
        "POST", "/v1/keys", object{{"name", words.name}, {"scopes", Texts(scopes)}}, [](const value& key) {
            fmt::print(
                "key {} ({})\nshown this one time: {}\n",
                Shown(key, "name"),
                Shown(key, "scopes"),
                Shown(key, "key")
            );
        }
    );
}

Result<void> Commands::ListKeys() {
    return Ask("GET", "/v1/keys", nullptr, [](const value& answer) {
        PrintTable(answer, {"id", "name", "scopes", "created_at", "last_used_at", "revoked_at"}, "no keys");
    });
}

Result<void> Commands::RevokeKey() {
    return Ask("DELETE", "/v1/keys/" + PercentEncoded(words.id), nullptr, [&](const value&) {
        fmt::print("{} is revoked\n", words.id);
    });
}

using Shared = std::shared_ptr<Commands>;  // shared by the callbacks that CLI11 keeps

CLI::App* Add(
    CLI::App& parent,
    const std::string& name,
    const std::string& what,
    const Shared& commands,
    Run& run,
    Result<void> (Commands::*act)()
) {
    auto* command = parent.add_subcommand(name, what);
    command->callback([commands, &run, act] { run = [commands, act] { return ((*commands).*act)(); }; });
    return command;
}

void AddBuckets(CLI::App& app, const Shared& c, Run& run) {
    auto& words = c->words;
    auto* group = app.add_subcommand("buckets", "Places that are watched");
    group->require_subcommand(1);
    auto* add = Add(*group, "add", "Watch a folder", c, run, &Commands::AddBucket);
    add->add_option("path", words.path, "The folder")->required();
    add->add_option("--name", words.name, "Its name; the folder's own when not given");
    add->add_option(
        "--processor", words.processors, "A processor that runs on everything in it; may be repeated"
    );
    add->add_option("--config", words.config, "Configuration of the processor, JSON");
    add->add_option("--biometric-basis", words.basis, "Why faces may be recognised here");
    add->add_option("--include", words.include, "Only keys that match this glob; may be repeated");
    add->add_option("--exclude", words.exclude, "No keys that match this glob; may be repeated");
    add->add_option("--settle-seconds", words.settle_seconds, "How long a file must not have changed (2)");
    add->add_option(
        "--scan-seconds", words.scan_seconds, "How often the folder is scanned besides being watched (60)"
    );
    add->add_flag("--no-publish", words.no_publish, "Do not write results beside the media");
    Add(*group, "list", "All buckets", c, run, &Commands::ListBuckets);
    Add(*group, "scan", "Scan a bucket now", c, run, &Commands::ScanBucket)
        ->add_option("bucket", words.id, "Id or name")
        ->required();
}

void AddItems(CLI::App& app, const Shared& c, Run& run) {
    auto& words = c->words;
    auto* group = app.add_subcommand("items", "Media objects that were noticed");
    group->require_subcommand(1);
    auto* list = Add(*group, "list", "Newest first", c, run, &Commands::ListItems);
    list->add_option(
        "--status", words.status, "Pending, Processing, Completed, Failed, Cancelled or Skipped"
    );
    list->add_option("--bucket", words.bucket, "Id or name of a bucket");
    list->add_option("--limit", words.limit, "Rows, 1 to 200 (50)");
    Add(*group, "show", "One item, whole", c, run, &Commands::ShowItem)
        ->add_option("item", words.id, "Id")
        ->required();
    Add(*group, "why", "Why an item does not move, or how it ended", c, run, &Commands::WhyItem)
        ->add_option("item", words.id, "Id")
        ->required();
    for (const std::string action : {"rerun", "cancel"}) {
        auto* command = group->add_subcommand(
            action, action == "rerun" ? "Run its processes again" : "Stop its processes"
        );
        command->add_option("item", words.id, "Id")->required();
        command->callback([c, &run, action] { run = [c, action] { return c->Act(action); }; });
    }
}

void AddOthers(CLI::App& app, const Shared& c, Run& run) {
    auto& words = c->words;
    auto* people = app.add_subcommand("people", "Who is recognised");
    people->require_subcommand(1);
    auto* enrol = Add(*people, "enrol", "Add photos of a person", c, run, &Commands::Enrol);
    enrol->add_option("name", words.name, "The person's name")->required();
    enrol->add_option("photos", words.photos, "Image files")->required();
    enrol->add_option("--face", words.face, "X,Y in pixels: which face is meant when a photo shows several");
    Add(*people, "list", "All people", c, run, &Commands::ListPeople);
    auto* webhooks = app.add_subcommand("webhooks", "Who is told");
    webhooks->require_subcommand(1);
    auto* add = Add(*webhooks, "add", "Tell an address", c, run, &Commands::AddWebhook);
    add->add_option("url", words.url, "http or https")->required();
    add->add_option("--types", words.types, "Event types; item.* is a prefix; all when not given");
    Add(*webhooks, "list", "All endpoints", c, run, &Commands::ListWebhooks);
    auto* keys = app.add_subcommand("keys", "Keys of the API");
    keys->require_subcommand(1);
    auto* make = Add(*keys, "add", "Make a key", c, run, &Commands::AddKey);
    make->add_option("name", words.name, "What it is for")->required();
    make->add_option("--scope", words.scopes, "read, write or admin; may be repeated (read)");
    Add(*keys, "list", "All keys", c, run, &Commands::ListKeys);
    Add(*keys, "revoke", "Make a key worthless", c, run, &Commands::RevokeKey)
        ->add_option("key", words.id, "Id")
        ->required();
}

}  // namespace

void AddApiCommands(CLI::App& app, ApiClient& client, const bool& json, Run& run) {
    const auto commands = std::make_shared<Commands>(client, json);
    AddBuckets(app, commands, run);
    AddItems(app, commands, run);
    AddOthers(app, commands, run);
}

}  // namespace notify
