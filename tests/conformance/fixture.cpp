#include "conformance/fixture.hpp"

#include "core/base64.hpp"
#include "core/hash.hpp"
#include "core/random.hpp"
#include "core/ulid.hpp"
#include "storage/source_repository.hpp"
#include "support/people.hpp"

namespace notify::testing {

Conformance::Conformance()
    : folder_(std::filesystem::temp_directory_path() / ("conformance-" + ToHex(RandomBytes(8)))) {
    std::filesystem::create_directories(folder_);
    box_ = SecretBox::Open(folder_ / "key").value();
    storage_ = GetParam()->Open(folder_, *box_, clock_).value();
}

Conformance::~Conformance() {
    storage_.reset();
    GetParam()->Remove(folder_);
    std::filesystem::remove_all(folder_);
}

void Conformance::Reopen() {
    storage_.reset();
    storage_ = GetParam()->Open(folder_, *box_, clock_).value();
}

Source Conformance::MakeSource(std::string name) const {
    return {
        .id = SourceId(MakeId("src")),
        .kind = "local",
        .name = std::move(name),
        .config = "{}",
        .created_at = Now()
    };
}

Bucket Conformance::MakeBucket(const Source& source, std::string name) const {
    Bucket bucket;
    bucket.id = BucketId(MakeId("bkt"));
    bucket.source_id = source.id;
    bucket.kind = source.kind;
    bucket.location = "/media/" + name;
    bucket.name = std::move(name);
    bucket.created_at = Now();
    return bucket;
}

Item Conformance::MakeItem(const Bucket& bucket, std::string key, std::string version) const {
    Item item;
    item.id = ItemId(MakeId("itm"));
    item.bucket_id = bucket.id;
    item.key = std::move(key);
    item.version = std::move(version);
    item.size_bytes = 7;
    item.modified_at = Now();
    item.since = Now();
    item.discovered_at = Now();
    return item;
}

Process Conformance::MakeProcess(const Item& item, std::string processor) const {
    Process process;
    process.id = ProcessId(MakeId("prc"));
    process.item_id = item.id;
    process.bucket_id = item.bucket_id;
    process.processor = std::move(processor);
    process.config = "{}";
    process.config_hash = Sha256Hex("{}");
    process.since = Now();
    process.next_attempt_at = Now();
    process.created_at = Now();
    return process;
}

StoredResult Conformance::MakeResult(std::string lineage_key) const {
    return {
        .id = ResultId(MakeId("res")),
        .lineage_key = std::move(lineage_key),
        .content_sha256 = Sha256Hex("bytes"),
        .processor = "checksum",
        .processor_version = "1",
        .document = R"({"a":1})",
        .artifacts = {},
        .created_at = Now()
    };
}

Event Conformance::MakeEvent(std::string type, std::string dedup_key) const {
    return {
        .sequence = 0,
        .id = EventId(MakeId("msg")),
        .type = std::move(type),
        .subject = "itm_1",
        .dedup_key = std::move(dedup_key),
        .at = Now(),
        .data = "{}"
    };
}

Endpoint Conformance::MakeEndpoint(std::string url) const {
    Endpoint endpoint;
    endpoint.id = EndpointId(MakeId("end"));
    endpoint.url = std::move(url);
    endpoint.description = "a test";
    endpoint.created_at = Now();
    return endpoint;
}

Source Conformance::AddSource(std::string name) {
    const auto source = MakeSource(std::move(name));
    Write([&](Transaction& transaction) { return transaction.sources.Add(source); });
    return source;
}

Bucket Conformance::AddBucket(std::string name) {
    if (!source_) {
        source_ = AddSource();
    }
    const auto bucket = MakeBucket(*source_, std::move(name));
    Write([&](Transaction& transaction) { return transaction.buckets.Add(bucket); });
    return bucket;
}

Item Conformance::AddItem(const Bucket& bucket, std::string key) {
    const auto item = MakeItem(bucket, std::move(key));
    EXPECT_TRUE(Write([&](Transaction& transaction) { return transaction.items.AddIfNew(item); }));
    return item;
}

Process Conformance::AddProcess(const Item& item, std::string processor) {
    const auto process = MakeProcess(item, std::move(processor));
    Write([&](Transaction& transaction) { return transaction.processes.Add(process); });
    return process;
}

StoredResult Conformance::AddResult(std::string lineage_key) {
    const auto result = MakeResult(std::move(lineage_key));
    EXPECT_EQ(
        Write([&](Transaction& transaction) { return transaction.results.AddOrGet(result); }), result.id
    );
    return result;
}

Endpoint Conformance::AddEndpoint(std::string url, std::vector<std::string> types) {
    auto endpoint = MakeEndpoint(std::move(url));
    endpoint.types = std::move(types);
    Write([&](Transaction& transaction) { return transaction.deliveries.AddEndpoint(endpoint); });
    return endpoint;
}

Person Conformance::AddPerson(std::string name) {
    const Person person{.id = PersonId(MakeId("per")), .name = std::move(name), .created_at = Now()};
    Write([&](Transaction& transaction) { return testing::AddPerson(transaction, person); });
    return person;
}

std::vector<ClaimedItem> Conformance::Claim(int max_items, const NodeId& node) {
    return Write([&](Transaction& transaction) {
        return transaction.processes.Claim(node, max_items, Now(), std::chrono::seconds(30));
    });
}

Process Conformance::Stored(const ProcessId& id) {
    return Read([&](const Snapshot& snapshot) { return snapshot.processes.Get(id); });
}

Item Conformance::Stored(const ItemId& id) {
    return Read([&](const Snapshot& snapshot) { return snapshot.items.Get(id); });
}

bool Conformance::Finish(Process held, Status status) {
    held.status = status;
    held.lease_owner = NodeId();
    held.lease_until.reset();
    if (IsTerminal(status)) {
        held.finished_at = Now();
    }
    if (status == Status::kCompleted) {
        held.result_id = AddResult("lineage of " + held.id.Value()).id;
    }
    return Write([&](Transaction& transaction) { return transaction.processes.UpdateHeld(held); });
}

}  // namespace notify::testing
