#include "place.hpp"

#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/node.hpp"
#include "domain/rule.hpp"
#include "domain/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/postgres/postgres_storage.hpp"
#include "storage/rule_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Result<std::unique_ptr<Storage>> OpenPostgres(
    const std::string& port, const std::string& database, Place& place
) {
    PostgresNode node;
    node.node.id = place.node;
    node.node.name = place.node.Value() + " on bench";
    node.node.host = "bench";
    node.node.version = "0";
    node.node.roles = Roles().With(Role::kWorker);
    node.follow = [clock = place.clock.get()](Timestamp there) { clock->Follow(there); };
    return OpenPostgresStorage(BenchServer(port, database), node, *place.box, *place.clock);
}

Result<Bucket> AddBucket(Transaction& transaction, const SourceId& source, int number, Timestamp now) {
    Bucket bucket;
    bucket.id = BucketId(MakeId("bkt"));
    bucket.source_id = source;
    bucket.kind = "s3";
    bucket.name = fmt::format("bucket {}", number);
    bucket.location = fmt::format("bucket-{}", number);
    bucket.publish = false;
    bucket.created_at = now;
    Rule rule;
    rule.id = RuleId(MakeId("rul"));
    rule.bucket_id = bucket.id;
    rule.processor = "checksum";
    rule.config = "{}";
    rule.config_hash = Sha256Hex(rule.config);
    rule.created_at = now;
    rule.changed_at = now;
    return transaction.buckets.Add(bucket).and_then([&] { return transaction.rules.Add(rule); }).map([&] {
        return bucket;
    });
}

}  // namespace

PostgresServer BenchServer(const std::string& port, const std::string& database) {
    PostgresServer server;
    server.host = "127.0.0.1";
    server.port = port;
    server.user = "tests";
    server.database = database;
    return server;
}

Result<Place> OpenPlace(
    const std::filesystem::path& folder, const std::string& port, const std::string& database
) {
    auto box = SecretBox::Open(folder / "key");
    if (!box) {
        return Unexpected(box.error());
    }
    Place place{
        .clock = std::make_unique<FollowingClock>(),
        .box = std::make_unique<SecretBox>(*std::move(box)),
        .node = NodeId(MakeId("nod")),
        .storage = {}
    };
    auto storage = port.empty() ? OpenSqliteStorage(folder / "database", *place.box, *place.clock)
                                : OpenPostgres(port, database, place);
    return storage.map([&](std::unique_ptr<Storage>& opened) {
        place.storage = std::move(opened);
        return std::move(place);
    });
}

Result<std::vector<Bucket>> AddBuckets(Storage& storage, int count, Timestamp now) {
    return storage.Write([&](Transaction& transaction) -> Result<std::vector<Bucket>> {
        const Source source{
            .id = SourceId(MakeId("src")), .kind = "s3", .name = "s3", .config = "{}", .created_at = now
        };
        if (auto added = transaction.sources.Add(source); !added) {
            return Unexpected(added.error());
        }
        std::vector<Bucket> buckets;
        for (int i = 0; i < count; ++i) {
            auto bucket = AddBucket(transaction, source.id, i, now);
            if (!bucket) {
                return Unexpected(bucket.error());
            }
            buckets.push_back(*std::move(bucket));
        }
        return buckets;
    });
}

}  // namespace notify
