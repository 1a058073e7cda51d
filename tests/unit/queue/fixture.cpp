#include "unit/queue/fixture.hpp"

#include <algorithm>
#include <fstream>
#include <thread>

#include "core/base64.hpp"
#include "core/hash.hpp"
#include "core/random.hpp"
#include "core/ulid.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"

namespace notify::testing {

Result<ConsumerWrites> CountingConsumer::Prepare(
    const Item& /*item*/,
    const StoredResult& /*result*/,
    const std::function<Result<std::string>(std::string_view)>& artifact
) {
    if (read_file) {
        if (const auto bytes = artifact("file"); !bytes) {
            return Unexpected(bytes.error());
        }
    }
    if (refuses || stumbles) {
        return Fail(
            refuses ? ErrorCode::kInvalidArgument : ErrorCode::kInternal, "the document cannot be understood"
        );
    }
    ++prepared;
    const int read = version;
    if (after_prepare) {
        after_prepare();
    }
    return ConsumerWrites{.apply = [this, read](Transaction&, const ResultId&) -> Result<bool> {
        if (broken) {
            return Fail(ErrorCode::kInternal, "the consumer is broken");
        }
        const bool stands = read == version;
        applied += stands ? 1 : 0;
        return stands;
    }};
}

Result<void> RefusingStorage::RunWrite(const WriteFunction& function) {
    if (refuse > 0) {
        --refuse;
        ++refused;
        return Fail(refuse_as, "the disk is full");
    }
    auto left = lose.load();
    while (left > 0 && !lose.compare_exchange_weak(left, left - 1)) {
    }
    // decided before others can see what is written, and write themselves
    auto done = inner_.Write(function);
    if (left > 0) {
        return Fail(ErrorCode::kUnavailable, "whether it was committed is not known");
    }
    return done;
}

QueueTest::QueueTest()
    : folder_(
          std::filesystem::canonical(std::filesystem::temp_directory_path()) /
          ("queue-" + ToHex(RandomBytes(8)))
      ) {
    std::filesystem::create_directories(folder_ / "data");
    clock_.Advance(SystemClock().Now() - clock_.Now());
    box_ = SecretBox::Open(folder_ / "data" / "key").value();
    database_ = OpenSqliteStorage(folder_ / "data" / "database", *box_, clock_).value();
    storage_ = std::make_unique<RefusingStorage>(*database_);
    artifacts_ = std::make_unique<ArtifactStore>(*storage_, *box_, folder_ / "data" / "artifacts");
    sources_ = std::make_unique<SourceRegistry>(SourceSettings{.data_dir = folder_ / "data"}, clock_);
    intake_ = std::make_unique<Intake>(*storage_, clock_);
    completion_ = std::make_unique<Completion>(
        *storage_, *artifacts_, clock_, std::vector<ResultConsumer*>{&consumer_}, [this] {
            if (pool_) {
                pool_->Nudge();
            }
        }
    );
    worker_ = std::make_unique<Worker>(
        *storage_, *sources_, runner_, *completion_, WorkerSettings{.spool = {.folder = folder_ / "data"}}
    );
    EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.sources.Add(
            {.id = SourceId("src_1"),
             .kind = "local",
             .name = "disk",
             .config = "{}",
             .created_at = clock_.Now()}
        );
    }));
}

QueueTest::~QueueTest() {
    storage_->refuse = 0;
    StopWorkers();
    std::filesystem::remove_all(folder_);
}

Bucket QueueTest::AddBucket(const std::vector<std::string>& processors, const std::string& name) {
    Bucket bucket;
    bucket.id = BucketId(MakeId("bkt"));
    bucket.source_id = SourceId("src_1");
    bucket.kind = "local";
    bucket.name = name;
    bucket.location = folder_ / name;
    bucket.settle_time = std::chrono::milliseconds(0);
    bucket.created_at = clock_.Now();
    std::filesystem::create_directories(bucket.location);
    EXPECT_TRUE(storage_->Write([&](Transaction& transaction) { return transaction.buckets.Add(bucket); }));
    for (const auto& processor : processors) {
        AddRule(bucket, processor);
    }
    return bucket;
}

Rule QueueTest::AddRule(
    const Bucket& bucket, const std::string& processor, const std::function<void(Rule&)>& what
) {
    Rule rule;
    rule.id = RuleId(MakeId("rul"));
    rule.bucket_id = bucket.id;
    rule.processor = processor;
    rule.config = "{}";
    rule.created_at = clock_.Now();
    rule.changed_at = clock_.Now();
    if (what) {
        what(rule);
    }
    rule.config_hash = Sha256Hex(rule.config);
    EXPECT_TRUE(storage_->Write([&](Transaction& transaction) { return transaction.rules.Add(rule); }));
    return rule;
}

void QueueTest::ChangeRule(Rule& rule, const std::function<void(Rule&)>& what) {
    what(rule);
    rule.changed_at = clock_.Now();
    EXPECT_TRUE(storage_->Write([&](Transaction& transaction) { return transaction.rules.Update(rule); }));
}

void QueueTest::Change(Bucket& bucket, const std::function<void(Bucket&)>& what) {
    what(bucket);
    EXPECT_TRUE(storage_->Write([&](Transaction& transaction) {
        return transaction.buckets.Update(bucket);
    }));
}

void QueueTest::WriteFile(
    const Bucket& bucket, const std::string& key, std::optional<std::string_view> bytes
) {
    std::ofstream file(std::filesystem::path(bucket.location) / key, std::ios::binary | std::ios::trunc);
    file << (bytes ? std::string(*bytes) : "media of " + key);
}

int QueueTest::Scan(const Bucket& bucket) {
    std::vector<FoundObject> found;
    const auto add = [&](FoundObject object) -> Result<void> {
        found.push_back(std::move(object));
        return {};
    };
    EXPECT_TRUE(sources_->Find("local").value()->Scan({.bucket = bucket, .start_after = {}}, add, {}));
    return intake_->Take(bucket, found).value();
}

Item QueueTest::Discover(
    const Bucket& bucket, const std::string& key, std::optional<std::string_view> bytes
) {
    const auto before = Items();
    WriteFile(bucket, key, bytes);
    EXPECT_EQ(Scan(bucket), 1);
    for (auto& item : Items()) {
        if (std::ranges::find(before, item.id, &Item::id) == before.end()) {
            return item;
        }
    }
    return {};
}

std::vector<ClaimedItem> QueueTest::Claim(int max) {
    return storage_
        ->Write([&](Transaction& transaction) {
            return transaction.processes.Claim(node_, max, clock_.Now(), std::chrono::seconds(30));
        })
        .value();
}

Ended QueueTest::EndOf(const ClaimedItem& claim, JobOutcome outcome) {
    const auto found = std::ranges::find(claim.processes, outcome.id, &Process::id);
    EXPECT_NE(found, claim.processes.end());
    return {.item = claim.item, .process = *found, .outcome = std::move(outcome)};
}

void QueueTest::StartWorkers(int workers) {
    completion_->Start();
    pool_ = std::make_unique<WorkerPool>(
        *storage_, clock_, *worker_, WorkerPoolSettings{.claimant = {.node = node_}, .workers = workers}, [] {
        }
    );
    pool_->Start();
}

void QueueTest::StopWorkers(std::chrono::milliseconds grace) {
    if (pool_) {
        pool_->Stop(grace);
    }
    completion_->Stop();
    pool_.reset();
}

Item QueueTest::Stored(const ItemId& id) {
    return storage_->Read([&](const Snapshot& snapshot) { return snapshot.items.Get(id); }).value();
}

Process QueueTest::Stored(const ProcessId& id) {
    return storage_->Read([&](const Snapshot& snapshot) { return snapshot.processes.Get(id); }).value();
}

std::vector<Process> QueueTest::ProcessesOf(const ItemId& id) {
    return storage_->Read([&](const Snapshot& snapshot) { return snapshot.processes.OfItem(id); }).value();
}

Process QueueTest::OnlyProcess(const ItemId& id) {
    const auto all = ProcessesOf(id);
    EXPECT_EQ(all.size(), 1U);
    return all.at(0);
}

std::vector<Item> QueueTest::Items() {
    return storage_
        ->Read([](const Snapshot& snapshot) { return snapshot.items.List({}, {.after = {}, .limit = 200}); })
        .value()
        .rows;
}

std::vector<std::string> QueueTest::Events(std::string_view subject) {
    const auto events =
        storage_->Read(
                    [&](const Snapshot& snapshot) { return snapshot.events.After(0, 10'000, subject); }
        ).value();
    std::vector<std::string> types;
    for (const auto& event : events) {
        types.push_back(event.type);
    }
    return types;
}

int QueueTest::Count(std::string_view type) {
    return static_cast<int>(std::ranges::count(Events(), type));
}

int QueueTest::Publications() {
    const auto page = storage_->Read([](const Snapshot& snapshot) {
        return snapshot.deliveries.List({.kind = DeliveryKind::kPublication}, {.after = {}, .limit = 200});
    });
    return static_cast<int>(page.value().rows.size());
}

void QueueTest::WritePublications() {
    EXPECT_TRUE(storage_->Write([&](Transaction& transaction) -> Result<void> {
        const auto claimed =
            transaction.deliveries.Claim(node_, 100, 100, clock_.Now(), std::chrono::seconds(30));
        for (auto delivery : claimed.value()) {
            delivery.status = Status::kCompleted;
            delivery.lease_owner = NodeId();
            delivery.lease_until.reset();
            delivery.finished_at = clock_.Now();
            EXPECT_TRUE(transaction.deliveries.Finish(delivery, delivery.fence, {}).value());
        }
        return {};
    }));
}

bool QueueTest::Eventually(const std::function<bool()>& holds) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < end) {
        if (holds()) {
            return true;
        }
        std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
    return holds();
}

bool QueueTest::Becomes(const ItemId& id, Status status) {
    return Eventually([&] { return Stored(id).status == status; });
}

}  // namespace notify::testing
