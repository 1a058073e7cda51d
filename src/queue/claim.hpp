#pragma once

// What a claim of items writes beside the processes: the items' own rows, and that they were started.

#include <chrono>
#include <cstdint>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Who claims, and until when it has what it claimed without a heartbeat.
struct Claimant {
    NodeId node;
    std::chrono::milliseconds lease = std::chrono::seconds(30);
};

/// Of what is claimed.
enum class Among : std::uint8_t {
    kAll,
    kShort,  ///< Only what may be short: ProcessRepository::ClaimShort.
};

/// Claims up to `most` items (ProcessRepository::Claim), brings their rows up to date and appends a
/// process.started for each process.
[[nodiscard]] Result<std::vector<ClaimedItem>> ClaimItems(
    Transaction& transaction, const Claimant& claimant, int most, Timestamp now, Among among = Among::kAll
);

}  // namespace notify
