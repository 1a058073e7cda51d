#include "app/doctor.hpp"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <fmt/core.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include "app/api_call.hpp"
#include "app/commands/api_client.hpp"
#include "app/commands/printing.hpp"
#include "app/control_socket.hpp"
#include "app/data_folder.hpp"
#include "app/database_settings.hpp"
#include "app/engine.hpp"
#include "app/host_settings.hpp"
#include "app/installation.hpp"
#include "app/listener_certificate.hpp"
#include "app/listening.hpp"
#include "app/service.hpp"
#include "app/settings.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "delivery/webhooks/address_guard.hpp"
#include "processors/host/host.hpp"

namespace notify {

namespace {

using boost::json::array;
using boost::json::value;

Finding Good(std::string what, std::string sentence) {
    return {.good = true, .what = std::move(what), .sentence = std::move(sentence)};
}

Finding Bad(std::string what, std::string sentence) {
    return {.good = false, .what = std::move(what), .sentence = std::move(sentence)};
}

Finding Of(const Result<void>& checked, std::string what, std::string sentence_when_good) {
    return checked ? Good(std::move(what), std::move(sentence_when_good))
                   : Bad(std::move(what), checked.error().message);
}

Finding OfDotEnv() {
    struct stat status{};
    if (::stat(".env", &status) != 0) {
        return Good(".env", "there is none in this folder: defaults and the environment are used");
    }
    return (status.st_mode & 077U) != 0
               ? Bad(".env", "others may read it, and it may hold secrets; run chmod 600 .env")
               : Good(".env", "only you may read it");
}

Finding OfDisk(const std::filesystem::path& folder) {
    struct statvfs room{};
    if (::statvfs(folder.c_str(), &room) != 0) {
        return Bad("disk", fmt::format("the room in {} cannot be told", folder.native()));
    }
    const auto free_mib = room.f_bavail * room.f_frsize >> 20U;
    return free_mib < 1024
               ? Bad("disk",
                     fmt::format(
                         "{} has {} MiB free; make room, results must be stored", folder.native(), free_mib
                     ))
               : Good("disk", fmt::format("{} MiB free in {}", free_mib, folder.native()));
}

/// The data folder and the files in it that hold secrets.
Finding OfPermissions(const std::filesystem::path& folder) {
    for (const auto& [path, mode] :
         {std::pair(folder, "700"),
          std::pair(folder / kKeyFile, "600"),
          std::pair(folder / kFirstKeyFile, "600")}) {
        struct stat status{};
        if (::stat(path.c_str(), &status) == 0 && (status.st_mode & 077U) != 0) {
            return Bad("data", fmt::format("others may open {0}; run chmod {1} {0}", path.native(), mode));
        }
    }
    return Good("data", fmt::format("only you may open {}", folder.native()));
}

/// What new connections are shown, as the files say it.
Finding OfCertificate(const Settings& settings) {
    const auto now = SystemClock().Now();
    const auto read = ReadListenerCertificate(settings, now);
    if (!read) {
        return Bad("tls", read.error().message);
    }
    auto sentence = fmt::format("{} until {}", read->shown.subject, ToRfc3339(read->shown.expires_at));
    return read->shown.expires_at - now < kExpiresSoon
               ? Bad("tls", sentence + "; replace the files TLS_CERTIFICATE and TLS_KEY")
               : Good("tls", std::move(sentence));
}

Finding OfSandbox(const Settings& settings) {
    if (auto checked = CheckProgram(settings); !checked) {
        return Bad("sandbox", checked.error().message);
    }
    ProcessorHost host(MakeHostSettings(settings));
    const auto report = host.Probe();
    if (!report) {
        return Bad("sandbox", report.error().message);
    }
    return report->level == "full"
               ? Good(
                     "sandbox",
                     fmt::format("full: Landlock version {}, system calls filtered", report->landlock_abi)
                 )
               : Bad("sandbox", fmt::format("only {}: {}", report->level, report->note));
}

/// What the running service says of itself: its own settings count, not those of this shell.
void OfService(const Settings& settings, const ApiAnswer& ready, std::vector<Finding>& findings) {
    const auto file = ReadFile(settings.data_dir / "address", 1024).value_or("an unknown address");
    const auto address = file.substr(0, file.find('\n'));
    const auto wanted = UrlOf(settings.Scheme(), settings.host, settings.port);
    findings.push_back(Good(
        "service",
        settings.port == 0 || wanted == address
            ? fmt::format("it runs at {}", address)
            : fmt::format("it runs at {}; the settings of this shell say {}", address, wanted)
    ));
    const auto body = ParseJson(ready.body).value_or(value());
    const auto database = Shown(body, "database");
    findings.push_back(database == "ok" ? Good("database", "it can be read") : Bad("database", database));
    const auto models = Shown(body, "models");
    findings.push_back(
        models == "ok" ? Good("models", "the service has the face models")
        : models == "not needed"
            ? Good("models", "the service has none; no bucket that is watched needs them")
            : Bad("models", models)
    );
    const auto level = Shown(body, "sandbox");
    findings.push_back(
        level == "full" ? Good("sandbox", "full")
                        : Bad("sandbox", fmt::format("{}: {}", level, Shown(body, "sandbox_note")))
    );
}

/// The rows of a list of the API; a finding when it cannot be had.
array RowsOf(ApiClient& api, std::string_view target, std::vector<Finding>& findings) {
    const auto answer = api.List(target);
    if (!answer) {
        findings.push_back(Bad(std::string(target), answer.error().message));
        return {};
    }
    return answer->at("rows").as_array();
}

/// The hop at which a test ended; "" when none did.
std::string FailedHop(const value& test) {
    for (const auto& hop : test.at("hops").as_array()) {
        if (Shown(hop, "state") == "failed") {
            return Shown(hop, "hop");
        }
    }
    return {};
}

Finding OfBucket(ApiClient& api, const value& row) {
    auto what = fmt::format("bucket {}", Shown(row, "name"));
    const auto test = api.Call("POST", "/v1/buckets/" + PercentEncoded(Shown(row, "id")) + "/test");
    if (!test) {
        return Bad(std::move(what), test.error().message);
    }
    const auto hold = HoldOf(row);
    if (Shown(*test, "passed") != "true") {
        return Bad(
            std::move(what),
            fmt::format(
                "{}: {}{}{}", FailedHop(*test), Shown(*test, "sentence"), hold.empty() ? "" : "; it is ", hold
            )
        );
    }
    if (!hold.empty()) {
        return Bad(
            std::move(what), fmt::format("it was {}; its place can be read now, and it goes on", hold)
        );
    }
    if (Shown(row, "active") != "true") {
        return Good(std::move(what), "it is switched off: nothing in it is noticed or processed");
    }
    if (const auto pause = Shown(row, "paused"); !pause.empty()) {
        return Good(std::move(what), pause);
    }
    if (Shown(row, "rules").empty()) {
        return Bad(std::move(what), "no rule chooses a processor for it: everything in it is skipped");
    }
    const auto note = Shown(row, "last_scan_note");
    return note.empty() ? Good(std::move(what), fmt::format("{} can be read", Shown(row, "location")))
                        : Bad(std::move(what), note);
}

Finding OfQueue(ApiClient& api, const value& row) {
    auto what = fmt::format("source {}", Shown(row, "name"));
    const auto test = api.Call("POST", "/v1/sources/" + PercentEncoded(Shown(row, "id")) + "/test");
    if (!test) {
        return Bad(std::move(what), test.error().message);
    }
    return Shown(*test, "passed") == "true"
               ? Good(std::move(what), "its queue answers")
               : Bad(std::move(what), fmt::format("{}: {}", FailedHop(*test), Shown(*test, "sentence")));
}

/// What became of the last delivery to the endpoint that went wrong: ": connection refused"; "" when unknown.
std::string LastErrorOf(ApiClient& api, const std::string& endpoint) {
    const auto answer = api.Call("GET", "/v1/deliveries?limit=200&endpoint=" + PercentEncoded(endpoint));
    for (const auto& delivery : answer ? answer->at("rows").as_array() : array()) {
        if (const auto error = Shown(delivery, "last_error"); !error.empty()) {
            return ": " + error;
        }
    }
    return {};
}

Finding OfEndpoint(ApiClient& api, const value& row) {
    auto what = fmt::format("webhook {}", Shown(row, "id"));
    const auto reason = Shown(row, "disabled_reason");
    if (!reason.empty()) {
        return Bad(
            std::move(what),
            fmt::format(
                "{} is told nothing more: {}; mend it, then run notifications-api webhooks resume {}",
                Shown(row, "url"),
                reason,
                Shown(row, "id")
            )
        );
    }
    const auto failures = Shown(row, "consecutive_failures");
    if (failures == "0") {
        return Good(std::move(what), Shown(row, "url"));
    }
    const auto id = Shown(row, "id");
    return Bad(
        std::move(what),
        fmt::format(
            "{} failed {} in a row{}; mend it, then run notifications-api webhooks test {}",
            Shown(row, "url"),
            Counted(failures, "time", "times"),
            LastErrorOf(api, id),
            id
        )
    );
}

Finding OfKeys(const array& keys, const std::filesystem::path& first_key) {
    const bool admin = std::ranges::any_of(keys, [](const value& key) {
        return Shown(key, "revoked_at").empty() && Shown(key, "scopes").find("admin") != std::string::npos;
    });
    std::error_code ignored;
    const bool file = std::filesystem::exists(first_key, ignored);
    return Good(
        "keys",
        file    ? fmt::format("the first key is in {}", first_key.native())
        : admin ? "an admin key exists"
                : "there is no admin key; the service makes one when it starts"
    );
}

/// What the API tells, over the control socket or from the router in this process.
void OfApi(const Settings& settings, ApiClient& api, std::vector<Finding>& findings) {
    const auto keys = RowsOf(api, "/v1/keys", findings);
    findings.push_back(OfKeys(keys, settings.data_dir / kFirstKeyFile));
    const auto buckets = RowsOf(api, "/v1/buckets", findings);
    for (const auto& row : buckets) {
        findings.push_back(OfBucket(api, row));
    }
    for (const auto& row : RowsOf(api, "/v1/sources", findings)) {
        if (Shown(row, "kind") == "sqs") {
            findings.push_back(OfQueue(api, row));
        }
    }
    const auto endpoints = RowsOf(api, "/v1/webhooks", findings);
    for (const auto& row : endpoints) {
        findings.push_back(OfEndpoint(api, row));
    }
}

void OfInstallation(const Settings& settings, std::vector<Finding>& findings) {
    findings.push_back(
        Of(CheckModels(settings),
           "models",
           fmt::format("the face models are in {}", settings.model_folder.native()))
    );
    findings.push_back(OfSandbox(settings));
}

void OfClosedData(const Settings& settings, std::vector<Finding>& findings) {
    findings.push_back(
        Of(CheckPort(settings.host, settings.port),
           "port",
           fmt::format("{} port {} is free", settings.host, settings.port))
    );
    auto engine = Engine::Open(settings, NoData::kRefuse);
    if (!engine && engine.error().reason == kNoDataYet) {
        findings.push_back(Good(
            "data",
            fmt::format(
                "there is none in {} yet; the service makes it when it first starts",
                settings.data_dir.native()
            )
        ));
        return;
    }
    if (!engine) {
        findings.push_back(Bad("database", engine.error().message));
        return;
    }
    findings.push_back(Of((*engine)->storage->CheckIntegrity(), "database", "it is sound; no service runs"));
    findings.push_back(OfPermissions(settings.data_dir));
    findings.push_back(OfDisk(settings.data_dir));
    const auto router = MakeRouter(**engine);
    ApiClient api(settings, [&] { return DispatchTo(*router); });
    OfApi(settings, api, findings);
}

void OfSettings(const Settings& settings, std::vector<Finding>& findings) {
    const auto guard = AddressGuard::WithAllowed(settings.webhook_allow_cidrs);
    auto warnings = settings.warnings;
    std::error_code unknown;
    if (!settings.database.host.empty() &&
        std::filesystem::exists(settings.data_dir / kDatabaseFile, unknown)) {
        warnings.push_back(
            fmt::format(
                "{} holds a state of SQLite, which nobody uses while DATABASE_HOST is set; move it: "
                "notifications-api "
                "migrate --to postgres",
                settings.data_dir.native()
            )
        );
    }
    for (const auto& warning : guard ? guard->Warnings() : std::vector<std::string>()) {
        warnings.push_back(fmt::format("WEBHOOK_ALLOW_CIDRS: {}", warning));
    }
    for (const auto& warning : warnings) {
        findings.push_back(Bad("settings", warning));
    }
    if (!settings.tls_certificate.empty()) {
        findings.push_back(OfCertificate(settings));
    }
}

}  // namespace

std::vector<Finding> Examine(const Result<Settings>& read) {
    std::vector<Finding> findings{OfDotEnv()};
    if (!read) {
        findings.push_back(Bad("settings", read.error().message));
        return findings;
    }
    const auto& settings = *read;
    OfSettings(settings, findings);
    if (auto checked = CheckDatabase(settings.database); !checked) {
        OfInstallation(settings, findings);
        findings.push_back(Bad("database", checked.error().message));
        return findings;
    }
    const auto ready =
        CallService(settings.data_dir / "control.sock", {.method = "GET", .target = "/health/ready"});
    if (ready) {
        OfService(settings, *ready, findings);
        findings.push_back(OfPermissions(settings.data_dir));
        findings.push_back(OfDisk(settings.data_dir));
        ApiClient api(settings, [] {
            return Result<ApiDispatch>(Fail(ErrorCode::kUnavailable, "the service has just stopped"));
        });
        OfApi(settings, api, findings);
    } else if (ready.error().code == ErrorCode::kNotFound) {
        OfInstallation(settings, findings);
        OfClosedData(settings, findings);
    } else {
        findings.push_back(Bad("service", ready.error().message));
    }
    return findings;
}

}  // namespace notify
