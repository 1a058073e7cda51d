// One owner of work, to be killed: takes files in, claims them, and completes a job that does nothing, all
// with the queue's own classes. Until it is killed, or its standard input ends. Usage: fault_owner FOLDER
// NAME FILES [PORT DATABASE]; without a port the database is SQLite's, in FOLDER. Prints "up" when it is
// about to work, "added NAME-N" when that many files of it are committed, and "runs {"fence":N}" when a job
// begins, which takes NOTIFY_FAULTS_JOB_MS. With NOTIFY_FAULTS_NO_FENCE=1 it writes whoever holds the process
// by now.

#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "core/clock.hpp"
#include "core/hash.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/node.hpp"
#include "domain/rule.hpp"
#include "domain/source.hpp"
#include "faults/given.hpp"
#include "faults/mutants.hpp"
#include "faults/with_processes.hpp"
#include "faults/wrapped_processes.hpp"
#include "queue/completion.hpp"
#include "queue/intake.hpp"
#include "queue/job_runner.hpp"
#include "queue/reaper.hpp"
#include "queue/worker.hpp"
#include "queue/worker_pool.hpp"
#include "sources/registry.hpp"
#include "storage/artifact_store.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/node_repository.hpp"
#include "storage/postgres/node.hpp"
#include "storage/postgres/postgres_storage.hpp"
#include "storage/process_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using namespace std::chrono_literals;

// short, so that who is stopped for some seconds comes back too late
constexpr std::chrono::milliseconds kLease = 1500ms;
constexpr int kWorkers = 3;

struct Arguments {
    std::filesystem::path folder;
    std::string name;
    int files = 0;
    std::string port;
    std::string database;
};

void Say(std::string_view line) {
    const auto whole = fmt::format("{}\n", line);
    static_cast<void>(::write(STDOUT_FILENO, whole.data(), whole.size()));  // one line is written whole
}

/// Claims processes whose configuration is the fence that they are claimed with, for whoever runs them.
class ShowsTheFence final : public testing::WrappedProcesses {
public:
    using WrappedProcesses::WrappedProcesses;

    Result<std::vector<ClaimedItem>> Claim(
        const NodeId& node, int max_items, Timestamp now, std::chrono::milliseconds lease
    ) override {
        return WrappedProcesses::Claim(node, max_items, now, lease).map([](std::vector<ClaimedItem> claims) {
            for (auto& claim : claims) {
                for (auto& process : claim.processes) {
                    process.config = fmt::format(R"({{"fence":{}}})", process.fence);
                }
            }
            return claims;
        });
    }
};

/// Finds in each process the fence that it was claimed with.
class FindsItsFence final : public JobRunner {
public:
    explicit FindsItsFence(std::chrono::milliseconds takes) : takes_(takes) {}

    [[nodiscard]] Result<void> Run(Job job, const JobObserver& observer, std::stop_token /*stop*/) override {
        for (const auto& each : job.processes) {
            observer.progress(each.id, 0.5);
            Say(fmt::format("runs {}", each.config));
            std::this_thread::sleep_for(takes_);
            observer.outcome({.id = each.id, .document = each.config});
        }
        return {};
    }

    bool CancelProcess(const ProcessId& /*id*/) override { return false; }

    bool LeaveJob(const ProcessId& /*id*/) override { return false; }

private:
    const std::chrono::milliseconds takes_;
};

/// The server may be on its way up, and know the connection of this name's last start for a moment: as
/// app/open_engine.cpp waits for both.
Result<std::unique_ptr<Storage>> Open(
    const Arguments& arguments, const Node& node, const SecretBox& box, const Clock& clock
) {
    if (arguments.port.empty()) {
        return OpenSqliteStorage(arguments.folder / "database", box, clock);
    }
    PostgresServer server;
    server.host = "127.0.0.1";
    server.port = arguments.port;
    server.user = "tests";
    server.database = arguments.database;
    while (true) {
        auto storage = OpenPostgresStorage(server, {.node = node, .follow = {}}, box, clock);
        const bool passes = !storage && (storage.error().reason == kNameTaken ||
                                         storage.error().code == ErrorCode::kUnavailable);
        if (!passes) {
            return storage;
        }
        std::this_thread::sleep_for(20ms);
    }
}

/// The bucket that all owners of the folder have.
Result<Bucket> BucketOf(Storage& storage, const std::filesystem::path& folder, Timestamp now) {
    return storage.Write([&](Transaction& transaction) -> Result<Bucket> {
        auto all = transaction.buckets.List();
        if (!all || !all->empty()) {
            return all.map([](auto& buckets) { return buckets.front(); });
        }
        const Source source{
            .id = SourceId("src_1"), .kind = "local", .name = "disk", .config = "{}", .created_at = now
        };
        Bucket bucket;
        bucket.id = BucketId("bkt_1");
        bucket.source_id = source.id;
        bucket.kind = source.kind;
        bucket.name = "in";
        bucket.location = folder / "in";
        bucket.settle_time = 0ms;
        bucket.publish = false;
        bucket.created_at = now;
        Rule rule;
        rule.id = RuleId("rul_1");
        rule.bucket_id = bucket.id;
        rule.processor = "checksum";
        rule.config = "{}";
        rule.config_hash = Sha256Hex(rule.config);
        rule.created_at = now;
        rule.changed_at = now;
        return transaction.sources.Add(source).and_then(
                                                  [&] { return transaction.buckets.Add(bucket); }
        ).and_then([&] {
             return transaction.rules.Add(rule);
         }).map([&] { return bucket; });
    });
}

/// One file after the other is written and taken in, in a folder of this start's own.
void TakeIn(Intake& intake, const SourceRegistry& sources, const Bucket& bucket, const Arguments& arguments) {
    const auto start = MakeId("own");
    for (int i = 0; i < arguments.files; ++i) {
        auto one = bucket;
        const auto place = fmt::format("{}-{}", start, i);
        one.location = std::filesystem::path(bucket.location) / place;
        std::filesystem::create_directories(one.location);
        std::ofstream(std::filesystem::path(one.location) / "a") << place;
        std::vector<FoundObject> found;
        const auto add = [&](FoundObject object) -> Result<void> {
            object.key = fmt::format("{}/{}", place, object.key);
            found.push_back(std::move(object));
            return {};
        };
        const auto listed = sources.Find("local").and_then([&](SourceConnection* source) {
            return source->Scan({.bucket = one, .start_after = {}}, add, {});
        });
        if (listed && intake.Take(bucket, found)) {
            Say(fmt::format("added {}/a", place));
        }
    }
}

int Work(const Arguments& arguments) {
    const SystemClock clock;
    Node node;
    node.id = NodeId(MakeId("nod"));
    node.name = arguments.name;
    node.host = "localhost";
    node.version = "test";
    node.roles = Roles().With(Role::kWorker);
    node.started_at = clock.Now();
    std::filesystem::create_directories(arguments.folder / "in");
    const auto box = SecretBox::Open(arguments.folder / "key");
    if (!box) {
        return 1;
    }
    const auto storage = Open(arguments, node, *box, clock);
    const auto bucket =
        storage ? BucketOf(**storage, arguments.folder, clock.Now()) : Unexpected(storage.error());
    const auto reset = bucket ? ResetAfterStart(**storage, clock.Now()) : Unexpected(bucket.error());
    if (!reset) {
        Log(LogLevel::kError, "it does not start", {{"error", reset.error().message}});
        return 2;
    }
    ArtifactStore artifacts(**storage, *box, arguments.folder / "artifacts");
    const SourceRegistry sources({.data_dir = arguments.folder / "data"}, clock);
    Intake intake(**storage, clock);
    const bool no_fence = testing::Given("NOTIFY_FAULTS_NO_FENCE", 0) != 0;  // for who looks, to be found
    const auto mutant =
        no_fence ? testing::MakeMutant(testing::Mutant::kNoFence, **storage, **storage) : nullptr;
    auto& used = mutant ? *mutant : **storage;
    testing::WithProcesses claiming(used, [](ProcessRepository& processes) {
        return std::make_unique<ShowsTheFence>(processes);
    });
    FindsItsFence runner(std::chrono::milliseconds(testing::Given("NOTIFY_FAULTS_JOB_MS", 0)));
    Completion completion(used, artifacts, clock, {}, [] {});
    Worker worker(used, sources, runner, completion, {.spool = {.folder = arguments.folder}});
    WorkerPool workers(
        claiming, clock, worker, {.claimant = {.node = node.id, .lease = kLease}, .workers = kWorkers}, [] {}
    );
    Reaper reaper(
        **storage,
        clock,
        {.node = node.id, .lease = kLease, .heartbeat = 300ms, .reap = 100ms, .margin = 300ms},
        {.held = [&] { return completion.Held().All(); },
         .cancel = [&](const ProcessId& id) { worker.Cancel(id); },
         .lost = [&] { workers.StopRunning(); },
         .reaped = [&] { workers.Nudge(); }}
    );
    Say("up");
    completion.Start();
    workers.Start();
    reaper.Start();
    const std::jthread taking([&] {
        TakeIn(intake, sources, *bucket, arguments);
        workers.Nudge();
    });
    for (char byte = 0; ::read(STDIN_FILENO, &byte, 1) > 0;) {
        workers.Nudge();
    }
    reaper.Stop();
    workers.Stop(10s);
    completion.Stop();
    return 0;
}

}  // namespace

}  // namespace notify

int main(int count, char** values) {
    const std::vector<std::string> given(values + 1, values + count);
    if (given.size() != 3 && given.size() != 5) {
        return 64;
    }
    notify::SetLogLevel(notify::LogLevel::kWarn);
    notify::Arguments arguments{.folder = given[0], .name = given[1], .files = std::stoi(given[2])};
    if (given.size() == 5) {
        arguments.port = given[3];
        arguments.database = given[4];
    }
    return notify::Work(arguments);
}
