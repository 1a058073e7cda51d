#include "queue/process_start.hpp"

#include "core/clock.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"

namespace notify {

namespace {

Process Ready(const ItemId& item, const BucketId& bucket, Timestamp now) {
    Process process;
    process.id = ProcessId(MakeId("prc"));
    process.item_id = item;
    process.bucket_id = bucket;
    process.since = now;
    process.next_attempt_at = now;
    process.created_at = now;
    return process;
}

}  // namespace

Process FirstRun(const Item& item, const Assignment& assignment, Timestamp now) {
    auto process = Ready(item.id, item.bucket_id, now);
    process.processor = assignment.processor;
    process.config = assignment.config;
    process.config_hash = assignment.config_hash;
    process.priority = assignment.priority;
    return process;
}

Process NextRun(const Process& ended, Timestamp now) {
    auto process = Ready(ended.item_id, ended.bucket_id, now);
    process.processor = ended.processor;
    process.config = ended.config;
    process.config_hash = ended.config_hash;
    process.run = ended.run + 1;
    process.priority = ended.priority;
    return process;
}

}  // namespace notify
