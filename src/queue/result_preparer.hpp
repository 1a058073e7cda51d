#pragma once

// Everything about a result that is done before its transaction: bytes made durable, consumers asked.

#include <functional>
#include <string_view>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "processors/host/host.hpp"
#include "storage/artifact_store.hpp"
#include "storage/result_consumer.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A result ready to be written in a transaction.
struct PreparedResult {
    StoredResult result;
    std::vector<PreparedArtifact> artifacts;
    std::vector<ConsumerWrites> writes;
};

/// Thread-safe. Everything borrowed outlives it.
class ResultPreparer final {
public:
    ResultPreparer(
        Storage& storage, ArtifactStore& artifacts, const Clock& clock, std::vector<ResultConsumer*> consumers
    );

    /// Builds the result of an outcome that has a document, stores its artifacts, prepares its consumers. Of
    /// a lineage that has its result already that one is taken, and no artifact is stored again. Errors of
    /// the ArtifactStore and of consumers; kInvalidArgument for a processor nobody knows.
    [[nodiscard]] Result<PreparedResult> Prepare(
        const Item& item, const Process& process, const JobOutcome& outcome
    ) const;

    /// The same for a result that is stored already and is the item's too: only its consumers are asked.
    [[nodiscard]] Result<PreparedResult> PrepareKnown(const Item& item, const StoredResult& result) const;

    /// Prepares the consumers of a result that is stored already, on what they read now.
    [[nodiscard]] Result<std::vector<ConsumerWrites>> PrepareAgain(
        const Item& item, const StoredResult& result
    ) const;

private:
    using ReadArtifact = std::function<Result<std::string>(std::string_view)>;

    [[nodiscard]] Result<std::vector<ConsumerWrites>> AskConsumers(
        const Item& item, const StoredResult& result, const ReadArtifact& artifact
    ) const;

    [[nodiscard]] Result<void> StoreArtifacts(const JobOutcome& outcome, PreparedResult& prepared) const;

    Storage& storage_;
    ArtifactStore& artifacts_;
    const Clock& clock_;
    std::vector<ResultConsumer*> consumers_;
};

}  // namespace notify
