#pragma once

// The composition root: the only place that builds the service's parts and joins them.

#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include "app/duties.hpp"
#include "app/eraser.hpp"
#include "app/relabeller.hpp"
#include "app/settings.hpp"
#include "app/source_secrets.hpp"
#include "core/clock.hpp"
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
#include "domain/node.hpp"
#include "people/enrolment.hpp"
#include "people/erasing.hpp"
#include "people/face_search.hpp"
#include "people/gallery_transfer.hpp"
#include "people/indexed_faces.hpp"
#include "people/relabelling.hpp"
#include "people/resolution.hpp"
#include "people/stored_faces.hpp"
#include "people/unknown_people.hpp"
#include "processors/host/host.hpp"
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
#include "storage/storage.hpp"

namespace notify {

/// What to do when DATA_DIR holds no database.
enum class NoData : std::uint8_t { kMake, kRefuse };

/// Everything but the HTTP edge. Opened by `serve`, and by commands when no service runs. Destroyed in
/// reverse order of the members, each of which only borrows from those before it.
class Engine final {
public:
    /// Takes the database's lock, runs migrations. Starts nothing. Where there is no data yet, kMake makes
    /// DATA_DIR (0700), the key file and the database; kRefuse says so (kNotFound, kNoDataYet) and leaves
    /// nothing behind. kConflict when another process holds the lock, and as CheckDataIsHere.
    [[nodiscard]] static Result<std::unique_ptr<Engine>> Open(const Settings& settings, NoData no_data);

    ~Engine();
    Engine(const Engine&) = delete;
    Engine& operator=(const Engine&) = delete;

    /// Resets what an earlier run left as Processing, then starts what the settings' roles say: the workers,
    /// and scheduler and dispatcher once no other node has that duty.
    [[nodiscard]] Result<void> Start();

    /// Claims nothing more, at once. Stop follows.
    void StopClaiming() const { workers->StopClaiming(); }

    /// Ends enrolments that are under way, with kStopped. Before whoever waits for them is joined.
    void StopEnrolling() { enrolling_.request_stop(); }

    /// Stops claiming, gives running work `grace`, commits what ended, releases the rest, gives its duties
    /// up. Idempotent; Start may follow.
    void Stop(std::chrono::milliseconds grace);

    /// False before Start, and after Stop.
    [[nodiscard]] bool IsRunning() const noexcept { return running_; }

    /// Why nothing moves: it was not started, or nothing can be written. Thread-safe.
    [[nodiscard]] std::optional<Standstill> WhyStill() const;

    /// Wakes whoever may have something to do after a change from outside. Thread-safe.
    void Nudge() const;

    /// So on all nodes, within a moment: there is work that any of them may do. Thread-safe.
    void NudgeAll() const;

    /// How far the processors' sandbox goes here; probed once, at the first call. Thread-safe.
    [[nodiscard]] Result<SandboxReport> Sandbox();

private:
    Engine(Settings wanted, SecretBox opened_box, AddressGuard opened_guard);

    [[nodiscard]] Result<void> OpenStorage();
    void Build();
    void BuildInbox(const SourceOfKind& find_source);
    void BuildDelivery(const SourceOfKind& find_source);
    void BuildPeople(const std::function<void()>& nudge);
    void BuildDuties();
    void BeginScheduling() const;
    void EndScheduling() const;

    UniqueFd data_lock_;  ///< Of DATA_DIR where the database is elsewhere.

public:
    const Settings settings;
    const SystemClock wall;  ///< For what stores and receivers compare with their own.
    FollowingClock clock;    ///< The database's, where it has one.
    Node node;
    const SecretBox box;
    const AddressGuard guard;
    std::unique_ptr<Storage> storage;
    std::unique_ptr<ArtifactStore> artifacts;
    std::unique_ptr<OrphanCollector> orphans;
    std::unique_ptr<SourceSecrets> source_secrets;
    std::unique_ptr<SourceRegistry> sources;
    std::unique_ptr<ProcessorHost> host;
    std::unique_ptr<JobRunner> runner;
    std::unique_ptr<ResultConsumer> resolution;
    std::unique_ptr<Completion> completion;
    std::unique_ptr<Resolver> resolver;
    std::unique_ptr<Worker> worker;
    std::unique_ptr<WorkerPool> workers;
    std::unique_ptr<Reaper> reaper;
    std::unique_ptr<Retention> retention;
    std::unique_ptr<SecretExpiry> secret_expiry;
    std::unique_ptr<Erasing> erasing;
    std::unique_ptr<Eraser> eraser;
    std::unique_ptr<WebhookWatch> webhook_watch;
    std::unique_ptr<LiveProgress> live_progress;
    std::unique_ptr<BacklogBudget> backlog;
    std::unique_ptr<Scheduler> scheduler;
    std::unique_ptr<Inbox> inbox;
    std::unique_ptr<MessageIntake> messages;
    std::unique_ptr<MessagePoller> message_poller;
    std::unique_ptr<ItemControl> items;
    std::unique_ptr<HttpClient> http;
    std::unique_ptr<WebhookSender> webhooks;
    std::unique_ptr<ResultPublisher> publisher;
    std::unique_ptr<Dispatcher> dispatcher;
    std::unique_ptr<Endpoints> endpoints;
    std::unique_ptr<Replay> replay;
    std::unique_ptr<Enrolment> enrolment;
    std::unique_ptr<GalleryTransfer> galleries;
    std::unique_ptr<StoredFaces> stored_faces;
    std::unique_ptr<IndexedFaces> faces;
    std::unique_ptr<GalleryCache> known_people;
    std::unique_ptr<FaceSearch> face_search;
    std::unique_ptr<Relabelling> relabelling;
    std::unique_ptr<UnknownPeople> unknown_people;
    std::unique_ptr<Relabeller> relabeller;
    std::unique_ptr<Duties> duties;
    std::unique_ptr<WorkHints> hints;  ///< None on SQLite, and of a command.

private:
    std::stop_source enrolling_;
    std::mutex sandbox_mutex_;
    std::optional<SandboxReport> sandbox_;
    std::atomic<bool> running_ = false;
};

}  // namespace notify
