#include "queue/result_preparer.hpp"

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "processors/host/host.hpp"
#include "processors/kind.hpp"
#include "storage/artifact_store.hpp"
#include "storage/result_consumer.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

std::string_view ResultKind(std::string_view processor) {
    const auto kind = FindProcessorKind(processor);
    return kind ? (*kind)->result_kind : std::string_view();
}

Unexpected NoArtifact(std::string_view name) {
    return Fail(ErrorCode::kNotFound, fmt::format("the result has no artifact {}", name));
}

}  // namespace

ResultPreparer::ResultPreparer(
    Storage& storage, ArtifactStore& artifacts, const Clock& clock, std::vector<ResultConsumer*> consumers
)
    : storage_(storage), artifacts_(artifacts), clock_(clock), consumers_(std::move(consumers)) {}

Result<PreparedResult> ResultPreparer::Prepare(
    const Item& item, const Process& process, const JobOutcome& outcome
) const {
    const auto kind = FindProcessorKind(process.processor);
    if (!kind) {
        return Unexpected(kind.error());
    }
    PreparedResult prepared;
    auto& result = prepared.result;
    result.id = ResultId(MakeId("res"));
    result.content_sha256 = item.content_sha256;
    result.media_type = outcome.media_type;
    result.processor = process.processor;
    result.processor_version = (*kind)->version;
    result.model_digest = outcome.model_digest;
    result.config_hash = process.config_hash;
    result.embedding_model = (*kind)->embedding_model;
    result.lineage_key = LineageKey(
        ContentIdentity(item), process.processor, (*kind)->version, outcome.model_digest, process.config_hash
    );
    result.document = *outcome.document;
    result.created_at = clock_.Now();
    if (auto stored = StoreArtifacts(outcome, prepared); !stored) {
        return Unexpected(stored.error());
    }
    auto writes = AskConsumers(item, result, [&](std::string_view name) -> Result<std::string> {
        const auto found = std::ranges::find(outcome.artifacts, name, &JobArtifact::name);
        return found == outcome.artifacts.end() ? NoArtifact(name) : Result<std::string>(found->bytes);
    });
    if (!writes) {
        return Unexpected(writes.error());
    }
    prepared.writes = std::move(*writes);
    return prepared;
}

Result<PreparedResult> ResultPreparer::PrepareKnown(const Item& item, const StoredResult& result) const {
    return PrepareAgain(item, result).map([&](std::vector<ConsumerWrites> writes) {
        return PreparedResult{.result = result, .artifacts = {}, .writes = std::move(writes)};
    });
}

Result<void> ResultPreparer::StoreArtifacts(const JobOutcome& outcome, PreparedResult& prepared) const {
    if (outcome.artifacts.empty()) {
        return {};
    }
    auto known = storage_.Read([&](const Snapshot& snapshot) {
        return snapshot.results.FindByLineage(prepared.result.lineage_key);
    });
    if (!known || *known) {
        return known.map([&](std::optional<StoredResult>& result) { prepared.result = *std::move(result); });
    }
    for (const auto& artifact : outcome.artifacts) {
        const ArtifactRef ref{
            .name = artifact.name, .media_type = artifact.media_type, .sealed = artifact.sealed
        };
        auto stored = artifacts_.Prepare(ref, artifact.bytes);
        if (!stored) {
            return Unexpected(stored.error());
        }
        prepared.result.artifacts.push_back(stored->ref);
        prepared.artifacts.push_back(std::move(*stored));
    }
    return {};
}

Result<std::vector<ConsumerWrites>> ResultPreparer::PrepareAgain(
    const Item& item, const StoredResult& result
) const {
    return AskConsumers(item, result, [&](std::string_view name) -> Result<std::string> {
        const auto found = std::ranges::find(result.artifacts, name, &ArtifactRef::name);
        return found == result.artifacts.end() ? NoArtifact(name) : artifacts_.Read(*found);
    });
}

Result<std::vector<ConsumerWrites>> ResultPreparer::AskConsumers(
    const Item& item, const StoredResult& result, const ReadArtifact& artifact
) const {
    std::vector<ConsumerWrites> all;
    for (auto* consumer : consumers_) {
        if (!consumer->Wants(ResultKind(result.processor))) {
            continue;
        }
        auto writes = consumer->Prepare(item, result, artifact);
        if (!writes) {
            return Unexpected(writes.error());
        }
        all.push_back(std::move(*writes));
    }
    return all;
}

}  // namespace notify
