#include "app/engine.hpp"

#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include <fmt/core.h>
#include <sys/stat.h>

#include "app/data_folder.hpp"
#include "app/duties.hpp"
#include "app/eraser.hpp"
#include "app/host_settings.hpp"
#include "app/node_identity.hpp"
#include "app/photo_reader.hpp"
#include "app/relabeller.hpp"
#include "app/settings.hpp"
#include "app/source_secrets.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/publishing/publisher.hpp"
#include "delivery/replay.hpp"
#include "delivery/webhooks/address_guard.hpp"
#include "delivery/webhooks/endpoints.hpp"
#include "delivery/webhooks/sender.hpp"
#include "domain/ids.hpp"
#include "domain/node.hpp"
#include "domain/source.hpp"
#include "domain/status.hpp"
#include "people/enrolment.hpp"
#include "people/erasing.hpp"
#include "people/face_search.hpp"
#include "people/gallery.hpp"
#include "people/gallery_transfer.hpp"
#include "people/indexed_faces.hpp"
#include "people/relabelling.hpp"
#include "people/resolution.hpp"
#include "people/stored_faces.hpp"
#include "people/unknown_people.hpp"
#include "processors/host/host.hpp"
#include "processors/sandbox_report.hpp"
#include "queue/backlog/budget.hpp"
#include "queue/completion.hpp"
#include "queue/item_control.hpp"
#include "queue/job_runner.hpp"
#include "queue/live_progress.hpp"
#include "queue/messages/inbox.hpp"
#include "queue/messages/message_intake.hpp"
#include "queue/messages/message_poller.hpp"
#include "queue/reaper.hpp"
#include "queue/resolver.hpp"
#include "queue/retention.hpp"
#include "queue/scheduler.hpp"
#include "queue/secret_expiry.hpp"
#include "queue/webhook_watch.hpp"
#include "queue/worker.hpp"
#include "queue/worker_pool.hpp"
#include "sources/registry.hpp"
#include "sources/source_of_kind.hpp"
#include "storage/artifact_store.hpp"
#include "storage/orphan_collector.hpp"
#include "storage/postgres/hints.hpp"
#include "storage/postgres/postgres_storage.hpp"
#include "storage/result_consumer.hpp"
#include "storage/sqlite/sqlite_storage.hpp"

namespace notify {

namespace {

// of several nodes: a cancellation is there within 5 s, one that is gone is noticed within 5 s
constexpr std::chrono::milliseconds kHeartbeat = std::chrono::seconds(5);
constexpr std::chrono::milliseconds kReap{500};

/// The error with the folder that it is about, and how much room is left in it.
Error InFolder(const std::filesystem::path& folder, Error error) {
    if (error.code == ErrorCode::kStorageFull) {
        std::error_code unknown;
        const auto space = std::filesystem::space(folder, unknown);
        error.message = fmt::format(
            "DATA_DIR {} is full{}; make room: {}",
            folder.native(),
            unknown ? "" : fmt::format(" ({} KiB free)", space.available / 1024),
            error.message
        );
    }
    return error;
}

/// As InFolder where the database is in DATA_DIR.
Error Where(const Settings& settings, Error error) {
    return settings.database.host.empty() ? InFolder(settings.data_dir, std::move(error)) : error;
}

/// At which the database is asked; none of one in a file.
std::vector<std::uint16_t> PortsOf(const PostgresServer& server) {
    constexpr std::uint16_t kUsual = 5432;
    std::uint16_t port = kUsual;
    std::from_chars(server.port.data(), server.port.data() + server.port.size(), port);
    return server.host.empty() ? std::vector<std::uint16_t>() : std::vector{port};
}

}  // namespace

Result<std::unique_ptr<Engine>> Engine::Open(const Settings& settings, NoData no_data) {
    ::umask(
        0077
    );  // whatever is made in DATA_DIR is its owner's alone; results beside media have a mode of their own
    auto ready = CheckDataIsHere(settings).and_then([&] {
        return no_data == NoData::kMake ? MakeDataDir(settings.data_dir) : CheckData(settings);
    });
    if (!ready) {
        return Unexpected(ready.error());
    }
    auto guard = AddressGuard::WithAllowed(settings.webhook_allow_cidrs, PortsOf(settings.database));
    if (!guard) {
        return Unexpected(guard.error());
    }
    // a shared database says itself whether it was made with another key
    const bool is_new =
        !settings.database.host.empty() || !std::filesystem::exists(settings.data_dir / kDatabaseFile);
    auto box =
        SecretBox::Open(settings.data_dir / kKeyFile, is_new ? MissingKey::kMake : MissingKey::kRefuse);
    if (!box) {
        return Unexpected(InFolder(settings.data_dir, box.error()));
    }
    std::unique_ptr<Engine> engine(new Engine(settings, std::move(*box), std::move(*guard)));
    if (auto opened = engine->OpenStorage(); !opened) {
        return Unexpected(Where(settings, opened.error()));
    }
    engine->Build();
    return engine;
}

Engine::Engine(Settings wanted, SecretBox opened_box, AddressGuard opened_guard)
    : settings(std::move(wanted)),
      node(NewNode(settings, clock)),
      box(std::move(opened_box)),
      guard(std::move(opened_guard)) {}

Engine::~Engine() {
    Stop(settings.stop_grace);
}

Result<void> Engine::OpenStorage() {
    auto opened =
        settings.database.host.empty()
            ? OpenSqliteStorage(settings.data_dir / kDatabaseFile, box, clock)
            : HoldNodeName(settings.data_dir / kNodeFile).and_then([&](HeldName held) {
                  data_lock_ = std::move(held.lock);
                  node.name = std::move(held.name);
                  const auto follow = [this](Timestamp there) { clock.Follow(there); };
                  return OpenPostgresStorage(settings.database, {.node = node, .follow = follow}, box, clock);
              });
    if (!opened) {
        return Unexpected(opened.error());
    }
    storage = std::move(*opened);
    RemoveTemporaryFiles(settings.data_dir);  // nobody else writes there: the lock is ours
    return {};
}

void Engine::Build() {
    artifacts = std::make_unique<ArtifactStore>(*storage, box, settings.data_dir / kArtifactsFolder);
    orphans = std::make_unique<OrphanCollector>(*artifacts);
    source_secrets = std::make_unique<SourceSecrets>(*storage, box, settings.credentials);
    sources = std::make_unique<SourceRegistry>(
        SourceSettings{
            .data_dir = settings.data_dir,
            .access = [this](const SourceId& id) { return source_secrets->Access(id); },
            .nodes = [this] { return duties ? duties->Nodes() : 1; }
        },
        wall
    );
    host = std::make_unique<ProcessorHost>(MakeHostSettings(settings));
    runner = std::make_unique<HostJobRunner>(*host, box);
    resolution = std::make_unique<PeopleResolution>(*storage);
    const auto nudge = [this] { Nudge(); };
    const auto nudge_all = [this] { NudgeAll(); };
    completion = std::make_unique<Completion>(
        *storage, *artifacts, clock, std::vector<ResultConsumer*>{resolution.get()}, nudge
    );
    resolver = std::make_unique<Resolver>(*storage, clock, *completion);
    worker = std::make_unique<Worker>(
        *storage, *sources, *runner, *completion, WorkerSettings{.spool = {.folder = settings.data_dir}}
    );
    workers = std::make_unique<WorkerPool>(
        *storage,
        clock,
        *worker,
        WorkerPoolSettings{.claimant = {.node = node.id}, .workers = settings.workers},
        nudge
    );
    const auto cancel = [this](const ProcessId& id) { worker->Cancel(id); };
    reaper = std::make_unique<Reaper>(
        *storage,
        clock,
        settings.database.host.empty()
            ? ReaperSettings{.node = node.id}
            : ReaperSettings{.node = node.id, .heartbeat = kHeartbeat, .reap = kReap},
        ReaperCalls{
            .held = [this] { return completion->Held().All(); },
            .cancel = cancel,
            .lost = [this] { workers->StopRunning(); },
            .reaped = nudge_all,
        }
    );
    retention = std::make_unique<Retention>(*storage, clock, settings.retention);
    secret_expiry = std::make_unique<SecretExpiry>(*storage, clock, nudge);
    const auto find_source = [this](std::string_view kind) { return sources->Find(kind); };
    live_progress = std::make_unique<LiveProgress>(*storage, clock, find_source, cancel);
    backlog = std::make_unique<BacklogBudget>(*storage, clock, nudge_all);
    scheduler = std::make_unique<Scheduler>(*storage, clock, *sources, nudge_all, node.id);
    BuildInbox(find_source);
    items = std::make_unique<ItemControl>(*storage, clock, cancel);
    BuildDelivery(find_source);
    BuildPeople(nudge);
    BuildDuties();
}

void Engine::BuildPeople(const std::function<void()>& nudge) {
    enrolment = std::make_unique<Enrolment>(
        *storage, *artifacts, clock, MakePhotoReader(*host, enrolling_.get_token()), PhotoModel()
    );
    galleries = std::make_unique<GalleryTransfer>(*storage, *artifacts, clock, PhotoModel());
    stored_faces = std::make_unique<StoredFaces>(*storage);
    faces = std::make_unique<IndexedFaces>(*stored_faces);
    known_people = std::make_unique<GalleryCache>(*storage);
    face_search = std::make_unique<FaceSearch>(
        *storage, *faces, *known_people, MakePhotoReader(*host, enrolling_.get_token()), PhotoModel()
    );
    erasing = std::make_unique<Erasing>(*storage, *artifacts, clock, box, settings.data_dir);
    eraser = std::make_unique<Eraser>(*erasing, settings.retention.unnamed);
    relabelling = std::make_unique<Relabelling>(*storage, clock, *faces);
    unknown_people = std::make_unique<UnknownPeople>(*storage, clock, *faces);
    relabeller = std::make_unique<Relabeller>(*relabelling, *unknown_people, nudge, !storage->IsSingleNode());
}

void Engine::BuildDelivery(const SourceOfKind& find_source) {
    http = std::make_unique<HttpClient>(HttpClientSettings{.keep_connections = true});
    webhooks = std::make_unique<WebhookSender>(WebhookParts{
        .storage = *storage, .box = box, .client = *http, .guard = guard, .clock = clock, .wall = &wall
    });
    publisher = std::make_unique<ResultPublisher>(*storage, *artifacts, clock, find_source);
    dispatcher = std::make_unique<Dispatcher>(
        *storage, clock, *webhooks, *publisher, DispatcherSettings{.node = node.id}
    );
    endpoints = std::make_unique<Endpoints>(*storage, box, guard, clock);
    replay = std::make_unique<Replay>(*storage, clock);
}

void Engine::BuildDuties() {
    std::vector<DutyPart> parts{
        {.duty = Role::kScheduler,
         .begin = [this] { BeginScheduling(); },
         .end = [this] { EndScheduling(); }},
        {.duty = Role::kDelivery,
         .begin = [this] { dispatcher->Start(); },
         .end = [this] { dispatcher->Stop(); }}
    };
    std::erase_if(parts, [this](const DutyPart& part) { return !settings.roles.Has(part.duty); });
    duties = std::make_unique<Duties>(*storage, clock, node.id, std::move(parts));
    if (!settings.database.host.empty() && settings.roles != Roles()) {
        hints = std::make_unique<WorkHints>(settings.database, [this] { Nudge(); });
    }
}

void Engine::BuildInbox(const SourceOfKind& find_source) {
    webhook_watch = std::make_unique<WebhookWatch>(
        *storage,
        clock,
        [this](const Source& source, const std::stop_token& stop) { return sources->Webhooks(source, stop); },
        [this] { Nudge(); }
    );
    inbox = std::make_unique<Inbox>(
        *storage,
        clock,
        find_source,
        InboxCalls{
            .look_at = [this](const BucketId& id) { scheduler->LookAt(id); }, .added = [this] { NudgeAll(); }
        }
    );
    messages = std::make_unique<MessageIntake>(*storage, clock, settings.iconik_system_domain_id, [this] {
        inbox->Nudge();
        dispatcher->Nudge();
    });
    message_poller = std::make_unique<MessagePoller>(
        *storage,
        clock,
        [this](const SourceId& id) { return source_secrets->Access(id); },
        *messages,
        [this] { Nudge(); }
    );
}

Result<SandboxReport> Engine::Sandbox() {
    const std::scoped_lock lock(sandbox_mutex_);
    if (!sandbox_) {
        auto report = host->Probe();
        if (!report) {
            return report;
        }
        sandbox_ = std::move(*report);
    }
    return *sandbox_;
}

std::optional<Standstill> Engine::WhyStill() const {
    if (storage->IsGivenUp()) {
        return Standstill{
            .blocked_by = BlockedBy::kServiceStopped,
            .sentence =
                "this node was silent for so long that the others on its database gave it up; it begins anew"
        };
    }
    if (!running_) {
        return Standstill{
            .blocked_by = BlockedBy::kServiceStopped,
            .sentence = "the service is not running; start it: notifications-api serve"
        };
    }
    const auto can_write = storage->CanWrite();
    return can_write ? std::nullopt
                     : std::optional(
                           Standstill{
                               .blocked_by = BlockedBy::kStorageFull,
                               .sentence = "nothing can be written, so nothing moves: " +
                                           Where(settings, can_write.error()).message
                           }
                       );
}

void Engine::Nudge() const {
    workers->Nudge();
    dispatcher->Nudge();
    resolver->Nudge();
}

void Engine::NudgeAll() const {
    Nudge();
    if (hints) {
        hints->Send();
    }
}

}  // namespace notify
