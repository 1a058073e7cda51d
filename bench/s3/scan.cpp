// How fast a listing gets into the database: bench_s3_scan KEYS [FOLDER]. The listing is made up in this
// process, so that what is measured is ours: a first scan of KEYS keys, each an item with a process, and one
// with nothing new.

#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <string>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/hash.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "core/ulid.hpp"
#include "domain/bucket.hpp"
#include "domain/rule.hpp"
#include "domain/source.hpp"
#include "queue/ordered_scan.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/source_repository.hpp"
#include "storage/sqlite/sqlite_storage.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// Resident memory of this process in MiB.
double Resident(const char* field) {
    std::ifstream status("/proc/self/status");
    for (std::string word; status >> word;) {
        double kib = 0;
        if (word == field && status >> kib) {
            return kib / 1024;
        }
    }
    return 0;
}

Result<Bucket> AddBucket(Storage& storage, Timestamp now) {
    Bucket bucket;
    bucket.id = BucketId(MakeId("bkt"));
    bucket.source_id = SourceId(MakeId("src"));
    bucket.kind = "s3";
    bucket.name = "many";
    bucket.location = "many";
    bucket.created_at = now;
    Rule rule;
    rule.id = RuleId(MakeId("rul"));
    rule.bucket_id = bucket.id;
    rule.processor = "checksum";
    rule.config = "{}";
    rule.config_hash = Sha256Hex(rule.config);
    rule.created_at = now;
    rule.changed_at = now;
    return storage.Write([&](Transaction& transaction) {
        const Source source{
            .id = bucket.source_id, .kind = "s3", .name = "s3", .config = "{}", .created_at = now
        };
        return transaction.sources.Add(source).and_then(
                                                  [&] { return transaction.buckets.Add(bucket); }
        ).and_then([&] {
             return transaction.rules.Add(rule);
         }).map([&] { return bucket; });
    });
}

/// Seconds of a scan of `keys` keys, as many as `script/bench s3` has its synthetic store list.
Result<double> Scan(Storage& storage, const Bucket& bucket, int keys, int expected) {
    const SystemClock clock;
    const auto start = std::chrono::steady_clock::now();
    OrderedScan scan(storage, clock, bucket);
    if (auto begun = scan.Begin(); !begun) {
        return Unexpected(begun.error());
    }
    auto& range = scan.Ranges().front();
    for (int i = 0; i < keys; ++i) {
        auto found = range.Found({
            .key = fmt::format("{:02}/{:09}.mxf", 0, i),
            .version = fmt::format("{:032x}-1234567", i),
            .size_bytes = 1'234'567,
            .modified_at = FromMillis(1'764'000'000'000),
        });
        if (!found) {
            return Unexpected(found.error());
        }
    }
    if (auto ended = range.End().and_then([&] { return scan.End({}); }); !ended) {
        return Unexpected(ended.error());
    }
    if (scan.Added() != expected) {
        return Fail(ErrorCode::kInternal, fmt::format("{} new items, not {}", scan.Added(), expected));
    }
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

Result<void> Run(int keys, const std::filesystem::path& folder) {
    const SystemClock clock;
    const auto box = SecretBox::Open(folder / "key");
    if (!box) {
        return Unexpected(box.error());
    }
    const auto storage = OpenSqliteStorage(folder / "database", *box, clock);
    if (!storage) {
        return Unexpected(storage.error());
    }
    const auto bucket = AddBucket(**storage, clock.Now());
    if (!bucket) {
        return Unexpected(bucket.error());
    }
    const auto before = Resident("VmRSS:");
    const auto first = Scan(**storage, *bucket, keys, keys);
    const auto again = first ? Scan(**storage, *bucket, keys, 0) : first;
    if (!again) {
        return Unexpected(again.error());
    }
    fmt::print(
        "{{\"keys\": {}, \"scan_keys_per_s\": {:.0f}, \"rescan_keys_per_s\": {:.0f}, \"scan_rss_mib\": "
        "{:.1f}}}\n",
        keys,
        keys / *first,
        keys / *again,
        Resident("VmHWM:") - before
    );
    return {};
}

}  // namespace

}  // namespace notify

int main(int argc, char** argv) {
    const int keys = argc > 1 ? std::atoi(argv[1]) : 1'000'000;
    const auto folder = argc > 2 ? std::filesystem::path(argv[2])
                                 : std::filesystem::temp_directory_path() / notify::MakeId("bench");
    std::filesystem::create_directories(folder);
    const auto ran = notify::Run(keys, folder);
    std::filesystem::remove_all(folder);
    if (!ran) {
        std::cerr << ran.error().message << '\n';
    }
    return ran ? 0 : 1;
}
