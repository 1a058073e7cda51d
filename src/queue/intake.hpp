#pragma once

// From what a scan found to rows: items, and a process for each processor chosen for the bucket.

#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "sources/source.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Thread-safe.
class Intake final {
public:
    Intake(Storage& storage, const Clock& clock) : storage_(storage), clock_(clock) {}

    /// Takes objects in, in one transaction: what we wrote ourselves is left out, what is known to be there
    /// changes nothing, another version of a known key supersedes the one before, also when it is one that
    /// was there earlier. How many items are new.
    [[nodiscard]] Result<int> Take(const Bucket& bucket, const std::vector<FoundObject>& objects);

private:
    Storage& storage_;
    const Clock& clock_;
};

}  // namespace notify
