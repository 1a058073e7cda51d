#pragma once

// Erases biometric data to the end: of people who were erased, also after an old backup was put back, and of
// faces that nobody has named for long.

#include <chrono>
#include <filesystem>
#include <mutex>
#include <stop_token>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/ed25519.hpp"
#include "core/result.hpp"
#include "core/secret_box.hpp"
#include "domain/erasure.hpp"
#include "domain/ids.hpp"
#include "people/erasure_log.hpp"
#include "storage/artifact_store.hpp"
#include "storage/storage.hpp"

namespace notify {

/// What shows that somebody was erased, for whoever asked for it.
struct ErasureReceipt {
    std::string text;        ///< JSON: what was erased, when, by whom.
    std::string signature;   ///< Ed25519 of `text`, 64 bytes.
    std::string public_key;  ///< 32 bytes; the same for all receipts of a key file.
};

/// Thread-safe. Everything borrowed outlives it.
class Erasing final {
public:
    /// `folder`: DATA_DIR.
    Erasing(
        Storage& storage,
        ArtifactStore& artifacts,
        const Clock& clock,
        const SecretBox& box,
        const std::filesystem::path& folder
    )
        : storage_(storage),
          artifacts_(artifacts),
          clock_(clock),
          key_(box.Derived("erasure receipt")),
          log_(folder / kErasureLogFile) {}

    /// Brings the log and the database together: erases whom the log tells of and the database knows still,
    /// and writes down whom the database tells of. Call it before anybody can ask, and after each erasure.
    /// How many people were erased again. Errors of the database and of the file.
    Result<int> CatchUp();

    /// Empties the artifacts of results in which faces were emptied; how many results. Ends early with a
    /// stop.
    Result<int> EmptyArtifacts(const std::stop_token& stop);

    /// Empties faces that nobody has named for as long as their bucket keeps them
    /// (BucketRetention::unnamed), else for `otherwise`; 0: for ever. One that is in several buckets stays as
    /// long as any of them keeps it. How many. Ends early with a stop.
    Result<int> EmptyNeverNamed(std::chrono::days otherwise, const std::stop_token& stop);

    /// Of an erasure that is done; kConflict for one that is not.
    [[nodiscard]] Result<ErasureReceipt> Receipt(const Erasure& erasure) const;

private:
    [[nodiscard]] Result<int> EraseAgain(const Erasure& erasure);
    [[nodiscard]] Result<void> EmptyArtifactsOf(const ResultId& id);

    Storage& storage_;
    ArtifactStore& artifacts_;
    const Clock& clock_;
    Ed25519Key key_;
    ErasureLog log_;
    std::mutex mutex_;  ///< Of the log's file.
};

}  // namespace notify
