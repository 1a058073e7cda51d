#include "app/service.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <unistd.h>

#include "app/api_call.hpp"
#include "app/control_socket.hpp"
#include "app/data_folder.hpp"
#include "app/engine.hpp"
#include "app/enrol_uploaded.hpp"
#include "app/first_key.hpp"
#include "app/installation.hpp"
#include "app/listener_certificate.hpp"
#include "app/listening.hpp"
#include "app/processor_trial.hpp"
#include "app/store_sources.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/fault_log.hpp"
#include "core/file.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/sleep.hpp"
#include "core/ulid.hpp"
#include "domain/node.hpp"
#include "domain/rule.hpp"
#include "http/api.hpp"
#include "http/message.hpp"
#include "http/openapi.hpp"
#include "http/router.hpp"
#include "http/server/server.hpp"
#include "people/face_search.hpp"
#include "processors/kind.hpp"
#include "sources/access.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// True when one of the rules chooses a processor that recognises faces.
bool NeedModels(const std::vector<Rule>& rules) {
    return std::ranges::any_of(rules, [](const Rule& rule) {
        const auto kind = FindProcessorKind(rule.processor);
        return rule.enabled && kind && (*kind)->needs_models;
    });
}

Readiness ReadinessOf(Engine& engine) {
    Readiness readiness;
    const auto rules = engine.storage->Read([](const Snapshot& snapshot) { return snapshot.rules.List(); });
    const auto standstill = engine.WhyStill();
    readiness.database = !rules ? rules.error().message : standstill ? standstill->sentence : "ok";
    const auto sandbox = engine.Sandbox();
    readiness.sandbox_level = sandbox ? sandbox->level : "unknown";
    readiness.sandbox_note = sandbox ? sandbox->note : sandbox.error().message;
    const bool needed = !rules || NeedModels(*rules);
    const auto models = CheckModels(engine.settings);
    readiness.models = models ? "ok" : needed ? models.error().message : "not needed";
    readiness.ready =
        rules.has_value() && !standstill && sandbox.has_value() && (models.has_value() || !needed);
    return readiness;
}

std::optional<std::filesystem::space_info> SpaceOf(const std::filesystem::path& folder) {
    std::error_code unknown;
    const auto space = std::filesystem::space(folder, unknown);
    return unknown ? std::nullopt : std::optional(space);
}

std::filesystem::path FirstKeyFile(const Engine& engine) {
    return engine.settings.data_dir / kFirstKeyFile;
}

void WarnAtStart(const Engine& engine) {
    std::vector<std::string> warnings = engine.settings.warnings;
    for (const auto& warning : engine.guard.Warnings()) {
        warnings.push_back(fmt::format("WEBHOOK_ALLOW_CIDRS: {}", warning));
    }
    for (const auto& checked : {CheckProgram(engine.settings), CheckModels(engine.settings)}) {
        if (!checked) {
            warnings.push_back(checked.error().message);
        }
    }
    for (const auto& warning : warnings) {
        Log(LogLevel::kWarn, warning);
    }
}

/// The same of what takes as long as a child takes to start.
void WarnOfProcessors(Engine& engine, const std::stop_token& stop) {
    if (!CheckProgram(engine.settings)) {
        return;  // that is said already
    }
    if (const auto warning = TryProcessors(engine, stop); !warning.empty()) {
        Log(LogLevel::kWarn, warning);
    }
}

/// Nobody but this machine reaches a service that nobody can administer.
Result<void> CheckReach(Engine& engine) {
    if (IsLoopback(engine.settings.host)) {
        return {};
    }
    return HasAdminKey(*engine.storage, engine.clock.Now()).and_then([&](bool has) -> Result<void> {
        return has ? Result<void>{}
                   : Fail(
                         ErrorCode::kForbidden,
                         fmt::format(
                             "HOST {} is reachable by others, but there is no admin key yet; run: "
                             "notifications-api keys add NAME --scope admin",
                             engine.settings.host
                         )
                     );
    });
}

}  // namespace

std::unique_ptr<Router> MakeRouter(Engine& engine) {
    auto router =
        std::make_unique<Router>(*engine.storage, engine.clock, engine.settings.most_requests_per_second);
    AddRoutes(
        *router,
        {
            .storage = *engine.storage,
            .clock = engine.clock,
            .artifacts = *engine.artifacts,
            .sources = *engine.sources,
            .box = engine.box,
            .seal = [&engine](const Secret& secret) { return engine.source_secrets->Seal(secret); },
            .scheduler = *engine.scheduler,
            .items = *engine.items,
            .endpoints = *engine.endpoints,
            .replay = *engine.replay,
            .messages = *engine.messages,
            .iconik_webhook_secret = engine.settings.iconik_webhook_secret,
            .enrol = std::bind_front(&EnrolUploaded, std::ref(*engine.enrolment)),
            .search_faces = std::bind_front(&FaceSearch::Search, engine.face_search.get()),
            .known_people = *engine.known_people,
            .galleries = *engine.galleries,
            .erasing = *engine.erasing,
            .relabel = [&engine] { engine.relabeller->Request(); },
            .nudge = [&engine] { engine.NudgeAll(); },
            .readiness = [&engine] { return ReadinessOf(engine); },
            .standstill = [&engine] { return engine.WhyStill(); },
            .activity =
                [&engine] {
                    const auto recovery = engine.reaper->Counts();
                    return Activity{
                        .workers = engine.settings.workers,
                        .busy = engine.workers->Busy(),
                        .children_started = engine.host->ChildrenStarted(),
                        .commits = static_cast<std::int64_t>(engine.storage->Commits()),
                        .closures = static_cast<std::int64_t>(engine.storage->Closures()),
                        .claim_waits = engine.workers->Waits(),
                        .rescues = recovery.rescues,
                        .nodes_given_up = recovery.nodes_given_up,
                        .leases_lost = recovery.leases_lost,
                        .removed = engine.retention->Total(),
                        .space = SpaceOf(engine.settings.data_dir)
                    };
                },
            .remove_old =
                [&engine](bool dry_run, const std::stop_token& stop) {
                    return dry_run ? engine.retention->Due(stop) : engine.retention->RunOnce(stop);
                },
            .queues = [&engine] { return engine.message_poller->States(); },
            .webhooks = [&engine] { return engine.webhook_watch->States(); },
            .key_revoked =
                [&engine] { RemoveStaleFirstKey(*engine.storage, FirstKeyFile(engine), engine.clock.Now()); },
        }
    );
    return router;
}

ApiDispatch DispatchTo(const Router& router) {
    return [&router](const ApiCall& call) -> Result<ApiAnswer> {
        Request request;
        request.id = MakeId("req");
        request.method = call.method;
        request.body = call.body;
        request.caller = {.actor = "command line", .read = true, .write = true, .admin = true};
        if (auto target = SetTarget(request, call.target); !target) {
            return Unexpected(target.error());
        }
        auto response = router.Handle(std::move(request), true);
        return ApiAnswer{.status = response.status, .body = std::move(response.body)};
    };
}

namespace {

/// What must be well before anybody may ask.
Result<void> Prepare(Engine& engine) {
    const auto& settings = engine.settings;
    return CheckReach(engine)
        .and_then([&] { return EnsureFirstKey(*engine.storage, FirstKeyFile(engine), engine.clock.Now()); })
        .and_then([&] {
            return EnsureStoreSources(*engine.storage, *engine.sources, settings.stores, engine.clock.Now());
        });
}

/// A node that the others gave up begins anew, once nothing of what it did before may still be written. One
/// that could not begin is begun again.
Result<void> BeginAnew(Engine& engine) {
    if (engine.storage->IsGivenUp()) {
        Log(LogLevel::kWarn, "the other nodes gave this one up because it was silent: it begins anew");
        engine.Stop(std::chrono::milliseconds(0));
        engine.storage->JoinAgain();
    }
    return engine.IsRunning() ? Result<void>{} : engine.Start();
}

/// Until the stop.
void KeepGoing(Engine& engine, const std::stop_token& stop) {
    FaultLog log(LogLevel::kWarn, "not begun anew yet", "begun anew");
    while (SleepFor(std::chrono::milliseconds(500), stop)) {
        engine.scheduler->EndLeftScans();
        if (engine.storage->IsGivenUp() || !engine.IsRunning()) {
            log.Note(BeginAnew(engine));
        }
    }
}

constexpr auto kLookAtCertificate = std::chrono::seconds(2);

/// The API at HOST and PORT, as long as it lives; the file `address` says where.
class Edge final {
public:
    Edge(const Settings& settings, const Router& router, const Clock& clock)
        : settings_(settings),
          clock_(clock),
          server_(
              {.host = settings.host, .port = settings.port, .origins = settings.origins},
              [&router](Request& request) { return router.Handle(std::move(request)); },
              [&router](Request head) { return router.Admit(std::move(head)); }
          ) {}

    [[nodiscard]] Result<void> Listen() {
        if (settings_.tls_certificate.empty()) {
            return server_.Start();
        }
        return ReadListenerCertificate(settings_, clock_.Now()).and_then([&](ListenerCertificate shown) {
            return server_.Present(shown.identity).and_then([&] { return server_.Start(); }).map([&] {
                WatchCertificate(std::move(shown));
            });
        });
    }

    [[nodiscard]] Result<void> TellAddress() {
        const auto address = UrlOf(settings_.Scheme(), settings_.host, server_.Port());
        return WriteFileAtomically(settings_.data_dir / "address", address + "\n").map([&] {
            Log(LogLevel::kInfo,
                "the service is up",
                {{"address", address}, {"docs", address + "/docs"}, {"host", settings_.host}});
        });
    }

    void Close() {
        ::unlink((settings_.data_dir / "address").c_str());
        server_.Stop();
    }

private:
    void WatchCertificate(ListenerCertificate in_use) {
        auto watch = std::make_unique<CertificateWatch>(
            settings_, clock_, std::move(in_use), std::bind_front(&Server::Present, &server_)
        );
        watching_ = std::jthread([watch = std::move(watch)](const std::stop_token& stop) {
            while (SleepFor(kLookAtCertificate, stop)) {
                watch->Look();
            }
        });
    }

    const Settings& settings_;
    const Clock& clock_;
    Server server_;
    std::jthread watching_;  ///< The files of the certificate, when there is one.
};

}  // namespace

Result<void> Serve(Engine& engine, const std::stop_token& stop) {
    const auto& settings = engine.settings;
    WarnAtStart(engine);
    const bool has_api = settings.roles.Has(Role::kApi);
    if (auto admitted = has_api ? Prepare(engine) : Result<void>{}; !admitted) {
        return admitted;
    }
    const auto router = MakeRouter(engine);
    Edge edge(settings, *router, engine.clock);
    auto begun = has_api ? edge.Listen() : Result<void>{};
    auto control = begun ? ControlSocket::Listen(settings.data_dir / "control.sock", DispatchTo(*router))
                         : Unexpected(begun.error());
    if (!control) {
        return Unexpected(control.error());
    }
    begun = engine.Start().and_then([&] { return has_api ? edge.TellAddress() : Result<void>{}; });
    if (!begun) {
        return begun;
    }
    if (!has_api) {
        Log(LogLevel::kInfo,
            "the node is up",
            {{"node", engine.node.name}, {"roles", settings.roles.Text()}});
    }
    std::jthread trial([&engine](const std::stop_token& ended) { WarnOfProcessors(engine, ended); });
    KeepGoing(engine, stop);
    trial.request_stop();
    Log(LogLevel::kInfo, "stopping: running work is given its grace, then released");
    engine.StopClaiming();
    engine.StopEnrolling();
    if (has_api) {
        edge.Close();
    }
    control->reset();
    engine.Stop(settings.stop_grace);
    Log(LogLevel::kInfo, "stopped");
    return {};
}

Result<std::string> DescribeApi() {
    Settings settings;
    settings.data_dir =
        std::filesystem::temp_directory_path() / fmt::format("notifications-api.{}", ::getpid());
    auto engine = Engine::Open(settings, NoData::kMake);
    if (!engine) {
        return Unexpected(engine.error());
    }
    auto document = OpenApiDocument(MakeRouter(**engine)->Routes());
    engine->reset();
    std::error_code ignored;
    std::filesystem::remove_all(settings.data_dir, ignored);
    return document;
}

}  // namespace notify
