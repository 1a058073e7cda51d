#include "queue/completion.hpp"

#include <algorithm>
#include <utility>

#include <fmt/format.h>

#include "core/failpoint.hpp"
#include "core/json.hpp"
#include "core/log.hpp"
#include "core/ulid.hpp"
#include "processors/kind.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"

namespace notify {

namespace {

constexpr std::size_t kBatch = 50;
constexpr auto kRetryCommit = std::chrono::milliseconds(500);

std::string_view EventType(Status status) {
    switch (status) {
        case Status::kCompleted:
            return "process.completed";
        case Status::kFailed:
            return "process.failed";
        case Status::kSkipped:
            return "process.skipped";
        case Status::kCancelled:
            return "process.cancelled";
        case Status::kPending:
        case Status::kProcessing:
            break;
    }
    return {};
}

Result<void> TellProcess(Transaction& transaction, const Process& process, Timestamp now) {
    const auto type = EventType(process.status);
    if (type.empty()) {
        return {};
    }
    boost::json::object data{
        {"item", process.item_id.Value()},
        {"process", process.id.Value()},
        {"processor", process.processor},
        {"run", process.run},
        {"status", ToString(process.status)},
        {"attempt", process.attempt},
    };
    if (process.status == Status::kCompleted) {
        data["result"] = process.result_id.Value();
    } else if (process.failure) {
        data["code"] = process.failure->code;
        data["stage"] = process.failure->stage;
        data["reason"] = process.failure->reason;
        data["message"] = process.failure->message;
    }
    return transaction.events
        .Append({
            .id = EventId(MakeId("msg")),
            .type = std::string(type),
            .subject = process.item_id.Value(),
            .dedup_key = fmt::format("{}:ended", process.id.Value()),
            .at = now,
            .data = ToJsonText(data),
        })
        .map([](bool) {});
}

std::string_view ResultKind(std::string_view processor) {
    const auto kind = FindProcessorKind(processor);
    return kind ? (*kind)->result_kind : std::string_view();
}

}  // namespace

Result<void> FinishItem(Transaction& transaction, const ItemId& id, Timestamp now) {
    const auto item = RefreshItem(transaction, id, now);
    if (!item || !IsTerminal(item->status)) {
        return item.map([](const Item&) {});
    }
    const auto bucket = transaction.buckets.Get(item->bucket_id);
    const auto processes = transaction.processes.OfItem(id);
    if (!bucket || !processes) {
        return Unexpected(bucket ? processes.error() : bucket.error());
    }
    const bool any =
        std::ranges::any_of(*processes, [](const Process& p) { return p.status == Status::kCompleted; });
    if (!bucket->publish || !any) {
        return {};
    }
    const Publication publication{
        .id = PublicationId(MakeId("pub")),
        .item_id = id,
        .destination = "beside",
        .format = "notifications.json"
    };
    return transaction.deliveries.RequestPublication(publication, now);
}

Completion::Completion(
    Storage& storage,
    ArtifactStore& artifacts,
    const Clock& clock,
    std::vector<ResultConsumer*> consumers,
    std::function<void()> committed
)
    : storage_(storage),
      artifacts_(artifacts),
      clock_(clock),
      consumers_(std::move(consumers)),
      committed_(std::move(committed)) {}

Completion::~Completion() {
    Stop();
}

void Completion::Start() {
    if (!thread_.joinable()) {
        thread_ = std::jthread([this](const std::stop_token& stop) { Loop(stop); });
    }
}

void Completion::Stop() {
    if (thread_.joinable()) {
        thread_.request_stop();
        thread_.join();
    }
}

void Completion::Add(Ended ended) {
    FailPoint("result_computed");
    auto prepared = std::make_shared<Prepared>(Prepared{.ended = std::move(ended)});
    if (prepared->ended.outcome.document) {
        if (auto done = Prepare(*prepared); !done) {
            prepared->ended.outcome.document = Unexpected(done.error());
        }
    }
    {
        const std::scoped_lock lock(mutex_);
        queue_.push_back(std::move(prepared));
    }
    added_.notify_one();
}

Result<void> Completion::Prepare(Prepared& prepared) const {
    const auto& [item, process, outcome, crash] = prepared.ended;
    const auto kind = FindProcessorKind(process.processor);
    if (!kind) {
        return Unexpected(kind.error());
    }
    auto& result = prepared.result;
    result.id = ResultId(MakeId("res"));
    result.content_sha256 = item.content_sha256;
    result.processor = process.processor;
    result.processor_version = (*kind)->version;
    result.lineage_key = LineageKey(
        item.content_sha256, process.processor, (*kind)->version, outcome.model_digest, process.config_hash
    );
    result.document = *outcome.document;
    result.created_at = clock_.Now();
    for (const auto& artifact : outcome.artifacts) {
        const ArtifactRef ref{
            .name = artifact.name, .media_type = artifact.media_type, .sealed = artifact.sealed
        };
        auto stored = artifacts_.Prepare(ref, artifact.bytes);
        if (!stored) {
            return Unexpected(stored.error());
        }
        result.artifacts.push_back(stored->ref);
        prepared.artifacts.push_back(std::move(*stored));
    }
    const auto artifact = [&outcome = outcome](std::string_view name) -> Result<std::string> {
        const auto found = std::ranges::find(outcome.artifacts, name, &JobArtifact::name);
        return found == outcome.artifacts.end()
                   ? Fail(ErrorCode::kNotFound, fmt::format("no artifact {}", name))
                   : Result<std::string>(found->bytes);
    };
    return PrepareConsumers(item, result, artifact).map([&](std::vector<ConsumerWrites> writes) {
        prepared.writes = std::move(writes);
    });
}

Result<std::vector<ConsumerWrites>> Completion::PrepareConsumers(
    const Item& item,
    const StoredResult& result,
    const std::function<Result<std::string>(std::string_view)>& artifact
) const {
    std::vector<ConsumerWrites> writes;
    for (auto* consumer : consumers_) {
        if (!consumer->Wants(ResultKind(result.processor))) {
            continue;
        }
        auto prepared = consumer->Prepare(item, result, artifact);
        if (!prepared) {
            return Unexpected(prepared.error());
        }
        writes.push_back(std::move(*prepared));
    }
    return writes;
}

void Completion::Loop(const std::stop_token& stop) {
    while (true) {
        Batch batch;
        {
            std::unique_lock lock(mutex_);
            added_.wait(lock, stop, [this] { return !queue_.empty(); });
            while (!queue_.empty() && batch.size() < kBatch) {
                batch.push_back(std::move(queue_.front()));
                queue_.pop_front();
            }
        }
        if (batch.empty()) {
            return;
        }
        FailPoint("before_commit");
        Commit(batch);
        FailPoint("after_commit");
        committed_();
    }
}

/// All in one transaction; when that fails each by itself, so that one cannot hold up the others. What still
/// fails stays Processing, and its lease gives it back.
void Completion::Commit(const Batch& batch) {
    const auto apply = [this](const Batch& part) {
        return storage_.Write([&](Transaction& transaction) -> Result<void> {
            for (const auto& prepared : part) {
                if (auto applied = Apply(transaction, *prepared); !applied) {
                    return applied;
                }
            }
            return {};
        });
    };
    if (apply(batch)) {
        return;
    }
    for (const auto& prepared : batch) {
        auto applied = apply({prepared});
        for (int again = 0; !applied && applied.error().code == ErrorCode::kUnavailable && again < 10;
             ++again) {
            std::this_thread::sleep_for(kRetryCommit);
            applied = apply({prepared});
        }
        if (!applied) {
            Log(LogLevel::kError,
                "result could not be committed; the process runs again when its lease ends",
                {{"process", prepared->ended.process.id.Value()}, {"error", applied.error().message}});
        }
    }
}

Result<Process> Completion::Complete(
    Transaction& transaction, const Prepared& prepared, bool& resolved
) const {
    const auto now = clock_.Now();
    for (const auto& artifact : prepared.artifacts) {
        if (auto stored = artifact.Commit(transaction); !stored) {
            return Unexpected(stored.error());
        }
    }
    const auto result = transaction.results.AddOrGet(prepared.result);
    if (!result) {
        return Unexpected(result.error());
    }
    for (const auto& writes : prepared.writes) {
        const auto applied = writes.apply(transaction, *result);
        if (!applied) {
            return Unexpected(applied.error());
        }
        resolved = resolved && *applied;
    }
    Process process = Released(prepared.ended.process, now);
    process.status = Status::kCompleted;
    process.progress = 1;
    process.result_id = *result;
    process.failure.reset();
    process.finished_at = now;
    return process;
}

Result<void> Completion::Apply(Transaction& transaction, const Prepared& prepared) const {
    const auto& [item, claimed, outcome, crash] = prepared.ended;
    const auto now = clock_.Now();
    const auto present = transaction.processes.Get(claimed.id);
    if (!present) {
        return Unexpected(present.error());
    }
    if (present->status != Status::kProcessing || present->fence != claimed.fence) {
        Log(LogLevel::kWarn,
            "late outcome dropped",
            {{"process", claimed.id.Value()}, {"fence", claimed.fence}});
        return {};
    }
    bool resolved = true;
    auto process = outcome.document
                       ? Complete(transaction, prepared, resolved)
                       : Result<Process>(AfterFailure(*present, outcome.document.error(), crash, now));
    if (!process) {
        return Unexpected(process.error());
    }
    const auto held = transaction.processes.UpdateHeld(*process, claimed.fence);
    if (!held || !*held) {
        return held ? Fail(ErrorCode::kInternal, "a held process was not held") : Unexpected(held.error());
    }
    Result<void> done = outcome.media_type.empty()
                            ? Result<void>{}
                            : transaction.items.SetContent(item.id, outcome.media_type, "");
    if (done && !resolved) {
        done = transaction.processes.AddResolve(item.id, claimed.id, now).and_then([&] {
            return transaction.items.Get(item.id).and_then([&](Item row) {
                row.resolving_since = row.resolving_since.value_or(now);
                return transaction.items.SetStatus(row);
            });
        });
    }
    return done.and_then([&] { return TellProcess(transaction, *process, now); }).and_then([&] {
        return FinishItem(transaction, item.id, now);
    });
}

Result<bool> Completion::Resolve(const ProcessId& id) {
    struct Facts {
        Process process;
        Item item;
        StoredResult result;
    };

    auto facts = storage_.Read([&](const Snapshot& snapshot) -> Result<Facts> {
        auto process = snapshot.processes.Get(id);
        if (!process) {
            return Unexpected(process.error());
        }
        auto item = snapshot.items.Get(process->item_id);
        auto result = snapshot.results.Get(process->result_id);
        if (!item || !result) {
            return Unexpected(item ? result.error() : item.error());
        }
        return Facts{std::move(*process), std::move(*item), std::move(*result)};
    });
    if (!facts) {
        return Unexpected(facts.error());
    }
    const auto artifact = [&](std::string_view name) -> Result<std::string> {
        const auto found = std::ranges::find(facts->result.artifacts, name, &ArtifactRef::name);
        return found == facts->result.artifacts.end()
                   ? Fail(ErrorCode::kNotFound, fmt::format("no artifact {}", name))
                   : artifacts_.Read(*found);
    };
    const auto writes = PrepareConsumers(facts->item, facts->result, artifact);
    if (!writes) {
        return Unexpected(writes.error());
    }
    const auto applied = storage_.Write([&](Transaction& transaction) -> Result<bool> {
        for (const auto& each : *writes) {
            const auto stands = each.apply(transaction, facts->result.id);
            if (!stands || !*stands) {
                return stands;
            }
        }
        auto done = transaction.processes.RemoveResolve(id).and_then([&] {
            return transaction.items.Get(facts->item.id).and_then([&](Item item) {
                item.resolving_since.reset();
                return transaction.items.SetStatus(item);
            });
        });
        done = done ? FinishItem(transaction, facts->item.id, clock_.Now()) : done;
        return done ? Result<bool>(true) : Unexpected(done.error());
    });
    if (applied && *applied) {
        committed_();
    }
    return applied;
}

}  // namespace notify
