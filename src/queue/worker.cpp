#include "queue/worker.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/bucket_options.hpp"
#include "domain/checkpoint.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "processors/host/host.hpp"
#include "queue/completion.hpp"
#include "queue/hashing_reader.hpp"
#include "queue/item_bytes.hpp"
#include "queue/job_runner.hpp"
#include "queue/job_watch.hpp"
#include "queue/known_results.hpp"
#include "queue/long_job.hpp"
#include "queue/outcomes.hpp"
#include "queue/spool.hpp"
#include "sources/registry.hpp"
#include "sources/source.hpp"
#include "storage/key_text.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Error AtStage(Error error, std::string_view stage) {
    if (error.stage.empty()) {
        error.stage = stage;
    }
    return error;
}

/// What was found in bytes of which it is not known which they are is no result.
void Spoil(JobOutcome& outcome, const Error& error) {
    outcome.document = Unexpected(AtStage(error, "read"));
    outcome.artifacts.clear();
}

Job MakeJob(const ClaimedItem& claim, OpenedItem bytes) {
    Job job;
    job.name = fmt::format("{} {}", claim.item.id.Value(), KeyText(claim.item.key));
    job.size_bytes = bytes.size_bytes;
    job.descriptor = std::move(bytes.descriptor);
    job.reader = std::move(bytes.reader);
    job.media_types = claim.media_types;
    for (const auto& process : claim.processes) {
        job.processes.push_back(
            {.id = process.id,
             .processor = process.processor,
             .config = process.config,
             .media_types = process.media_types}
        );
    }
    return job;
}

/// Of which process it is time to tell how far it is. From now on.
class ProgressNews {
public:
    explicit ProgressNews(std::chrono::milliseconds every) : every_(every) {}

    bool IsDue(const ProcessId& id) {
        const auto now = std::chrono::steady_clock::now();
        auto& last = told_at_.try_emplace(id, begun_).first->second;
        const bool due = now - last >= every_;
        last = due ? now : last;
        return due;
    }

private:
    std::chrono::milliseconds every_;
    std::chrono::steady_clock::time_point begun_ = std::chrono::steady_clock::now();
    std::map<ProcessId, std::chrono::steady_clock::time_point> told_at_;
};

/// Refers to all three.
JobObserver ObserverOf(JobWatch& watch, LongJob& long_job, const Worker::OnMedia& on_media) {
    auto observer = watch.Observer();
    observer.media = [&](std::int64_t media_ms) {
        long_job.Media(media_ms);
        if (on_media) {
            on_media(media_ms);
        }
    };
    observer.resumed = [&](const ProcessId& id, const Resumed& resumed) {
        long_job.Resumed(id, resumed.position_ms);
    };
    observer.checkpoint = [&](const ProcessId& id, CheckpointStep step) {
        long_job.Keep(id, std::move(step));
    };
    return observer;
}

}  // namespace

Worker::Worker(
    Storage& storage,
    const SourceRegistry& sources,
    JobRunner& runner,
    Completion& completion,
    WorkerSettings settings
)
    : storage_(storage),
      sources_(sources),
      runner_(runner),
      completion_(completion),
      known_(storage, completion.Held()),
      spool_(std::move(settings.spool)),
      tell_progress_every_(settings.tell_progress_every) {}

void Worker::Run(ClaimedItem claim, const std::stop_token& stop, const OnMedia& on_media) {
    Enter(claim);
    std::vector<ProcessId> ids;
    ids.reserve(claim.processes.size());
    for (const auto& process : claim.processes) {
        ids.push_back(process.id);
    }
    if (stop.stop_requested()) {
        EndAll(claim, {.code = ErrorCode::kStopped, .message = "the service is stopping"});
    } else if (const auto ran = RunClaim(claim, stop, on_media); !ran) {
        EndAll(claim, ran.error());
    }
    Leave(ids);
}

/// Its error is how those end that are still in the claim.
Result<void> Worker::RunClaim(ClaimedItem& claim, const std::stop_token& stop, const OnMedia& on_media) {
    const auto place = PlaceOf(claim.item);
    if (!place) {
        return Unexpected(AtStage(place.error(), "open"));
    }
    claim.media_types = place->bucket.options.filters.media_types;
    // a version of a store's object names its bytes: what is known of them needs no request
    if (!place->version_names_bytes) {
        claim.item.content_sha256.clear();  // of what was read last
    } else if (!place->IsFolder()) {
        auto reused = TakeAlias(claim.item).and_then([&] { return Reuse(claim, *place); });
        if (!reused || claim.processes.empty()) {
            return reused;
        }
    }
    auto opened = Open(*place, claim, stop);
    if (!opened) {
        return Unexpected(AtStage(opened.error(), "open"));
    }
    if (opened->looked_at) {
        NoteLookedAt(claim.processes, *opened->looked_at);
    }
    FailPoint("opened");
    ItemBytes bytes(*opened);
    if (const auto known = KnowContent(claim, *place, *opened, bytes, stop); !known) {
        return Unexpected(AtStage(known.error(), "read"));
    }
    EndCancelled(claim);
    auto alone = known_.Enter(claim).and_then([&] { return Reuse(claim, *place); });
    if (!alone || claim.processes.empty()) {
        return alone;
    }
    const bool hashes =
        opened->reader && claim.item.content_sha256.empty() && place->bucket.options.dedupe != Dedupe::kOff;
    if (hashes) {
        RunHashing(claim, std::move(*opened), {.stop = stop, .on_media = on_media});
    } else {
        RunJob(claim, std::move(*opened), bytes, {.stop = stop, .on_media = on_media});
    }
    return {};
}

bool Worker::Cancel(const ProcessId& id) {
    if (runner_.CancelProcess(id)) {
        return true;
    }
    const std::scoped_lock lock(mutex_);
    const auto found = cancelled_.find(id);
    if (found == cancelled_.end()) {
        return false;
    }
    found->second = true;
    return true;
}

/// Completes what has its result already; that leaves the claim.
Result<void> Worker::Reuse(ClaimedItem& claim, const Place& place) {
    const bool by_digest = place.bucket.options.dedupe != Dedupe::kOff || !place.version_names_bytes;
    if (claim.item.content_sha256.empty() && by_digest) {
        return {};
    }
    auto known = known_.Find(claim);
    if (!known) {
        return Unexpected(known.error());
    }
    if (!known->empty() && !place.IsFolder()) {
        InheritLookedAt(claim, *known);
    }
    for (const auto& process : claim.processes) {
        const auto found = known->find(process.id);
        if (found == known->end()) {
            continue;
        }
        Log(LogLevel::kDebug,
            "result reused",
            {{"item", claim.item.id.Value()},
             {"process", process.id.Value()},
             {"result", found->second.id.Value()}});
        JobOutcome outcome{
            .id = process.id,
            .media_type = found->second.media_type,
            .model_digest = {},
            .document = found->second.document,
            .artifacts = {}
        };
        completion_.Add(
            {.item = claim.item, .process = process, .outcome = std::move(outcome), .known = found->second}
        );
    }
    std::erase_if(claim.processes, [&](const Process& process) { return known->contains(process.id); });
    return {};
}

void Worker::RunJob(const ClaimedItem& claim, OpenedItem opened, ItemBytes& bytes, const Running& running) {
    const bool confirms = opened.descriptor.IsOpen();  // a store's reader tells by itself of another version
    const auto ended = [&](Ended end) {
        const auto same = end.outcome.document && confirms
                              ? ConfirmContent(claim, end.item, bytes, running.stop)
                              : Result<void>{};
        if (!same) {
            Spoil(end.outcome, same.error());
        }
        completion_.Add(std::move(end));
    };
    RunWatched(claim, std::move(opened), ended, running);
}

/// The digest comes with the job; its outcomes wait until the rest of the bytes was read for it.
void Worker::RunHashing(const ClaimedItem& claim, OpenedItem opened, const Running& running) {
    HashingReader bytes(std::move(opened.reader));
    opened.reader = std::make_unique<LentBytes>(bytes);
    std::vector<Ended> ends;
    RunWatched(claim, std::move(opened), [&](Ended end) { ends.push_back(std::move(end)); }, running);
    const bool found =
        std::ranges::any_of(ends, [](const Ended& end) { return end.outcome.document.has_value(); });
    const auto digest = found ? bytes.Finish(ReadingFor(claim, running.stop)) : Result<std::string>("");
    for (auto& end : ends) {
        end.item.content_sha256 = digest.value_or("");
        if (end.outcome.document && !digest) {
            Spoil(end.outcome, digest.error());
        }
        completion_.Add(std::move(end));
    }
}

void Worker::RunWatched(
    const ClaimedItem& claim,
    OpenedItem opened,
    const std::function<void(Ended)>& ended,
    const Running& running
) {
    LongJob long_job(storage_, claim);
    auto job = MakeJob(claim, std::move(opened));
    long_job.Prepare(job);
    bool noted = false;
    ProgressNews news(tell_progress_every_);
    const auto learn = [&](Ended end) {
        if (end.outcome.document) {
            known_.Learn(end.process.processor, end.outcome.model_digest);
        }
        if (end.outcome.left) {
            long_job.GaveWay(end.process);
        }
        ended(std::move(end));
    };
    JobWatch watch(claim, learn, [&](const Process& process, double done) {
        if (!std::exchange(noted, true)) {
            NoteContentInPassing(claim.item);
        }
        NoteProgress({process}, done);
        if (news.IsDue(process.id)) {
            TellProgress(process, done);
        }
    });
    FailPoint("job_running");
    const auto ran = runner_.Run(std::move(job), ObserverOf(watch, long_job, running.on_media), running.stop);
    watch.Finish(ran);
}

void Worker::EndAll(const ClaimedItem& claim, const Error& error) {
    for (const auto& process : claim.processes) {
        JobOutcome outcome{.id = process.id, .document = Unexpected(error)};
        completion_.Add({.item = claim.item, .process = process, .outcome = std::move(outcome)});
    }
}

/// Those that were cancelled before their job began leave the claim.
void Worker::EndCancelled(ClaimedItem& claim) {
    const auto kept = std::ranges::stable_partition(claim.processes, [&](const Process& process) {
        return !IsCancelled(process.id);
    });
    const ClaimedItem cancelled{.item = claim.item, .processes = {kept.begin(), kept.end()}};
    claim.processes.erase(kept.begin(), kept.end());
    EndAll(cancelled, {.code = ErrorCode::kCancelled, .stage = "queue", .message = "it was cancelled"});
}

void Worker::Enter(const ClaimedItem& claim) {
    const std::scoped_lock lock(mutex_);
    for (const auto& process : claim.processes) {
        cancelled_[process.id] = process.cancel_requested;
    }
}

void Worker::Leave(const std::vector<ProcessId>& ids) {
    const std::scoped_lock lock(mutex_);
    for (const auto& id : ids) {
        cancelled_.erase(id);
    }
}

bool Worker::IsCancelled(const ProcessId& id) const {
    const std::scoped_lock lock(mutex_);
    const auto found = cancelled_.find(id);
    return found != cancelled_.end() && found->second;
}

bool Worker::AllCancelled(const ClaimedItem& claim) const {
    return std::ranges::all_of(claim.processes, [this](const Process& process) {
        return IsCancelled(process.id);
    });
}

}  // namespace notify
