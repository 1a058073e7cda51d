#pragma once

// Where the bench's queue is: a database with buckets that hold nothing but items.

#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "storage/postgres/server.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Members are destroyed in reverse order: the storage borrows from the rest.
struct Place {
    std::unique_ptr<FollowingClock> clock;
    std::unique_ptr<SecretBox> box;
    NodeId node;
    std::unique_ptr<Storage> storage;
};

/// On this machine, of the tests' user.
[[nodiscard]] PostgresServer BenchServer(const std::string& port, const std::string& database);

/// SQLite in `folder`, or with a port the PostgreSQL database of that name on this machine; the key is in
/// `folder` in both cases.
[[nodiscard]] Result<Place> OpenPlace(
    const std::filesystem::path& folder, const std::string& port, const std::string& database
);

/// Buckets without publication, each with a rule that wants one checksum.
[[nodiscard]] Result<std::vector<Bucket>> AddBuckets(Storage& storage, int count, Timestamp now);

}  // namespace notify
