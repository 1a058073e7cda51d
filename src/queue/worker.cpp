#include "queue/worker.hpp"

#include <algorithm>
#include <functional>
#include <mutex>
#include <stop_token>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "processors/host/host.hpp"
#include "queue/completion.hpp"
#include "queue/item_bytes.hpp"
#include "queue/job_runner.hpp"
#include "queue/job_watch.hpp"
#include "sources/registry.hpp"
#include "sources/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
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

Job MakeJob(const ClaimedItem& claim, OpenedItem bytes) {
    Job job;
    job.name = fmt::format("{} {}", claim.item.id.Value(), KeyText(claim.item.key));
    job.size_bytes = bytes.size_bytes;
    job.descriptor = std::move(bytes.descriptor);
    job.reader = std::move(bytes.reader);
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

}  // namespace

Worker::Worker(Storage& storage, const SourceRegistry& sources, JobRunner& runner, Completion& completion)
    : storage_(storage), sources_(sources), runner_(runner), completion_(completion) {}

void Worker::Run(ClaimedItem claim, const std::stop_token& stop) {
    Enter(claim);
    std::vector<ProcessId> ids;
    ids.reserve(claim.processes.size());
    for (const auto& process : claim.processes) {
        ids.push_back(process.id);
    }
    if (stop.stop_requested()) {
        EndAll(claim, {.code = ErrorCode::kStopped, .message = "the service is stopping"});
    } else if (auto opened = Open(claim.item, stop); !opened) {
        EndAll(claim, AtStage(opened.error(), "open"));
    } else {
        FailPoint("opened");
        ItemBytes bytes(*opened);
        if (auto known = KnowContent(claim, bytes, stop); !known) {
            EndAll(claim, AtStage(known.error(), "read"));
        } else {
            EndCancelled(claim);
            RunJob(claim, std::move(*opened), bytes, stop);
        }
    }
    Leave(ids);
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

Result<OpenedItem> Worker::Open(const Item& item, const std::stop_token& stop) const {
    const auto bucket =
        storage_.Read([&](const Snapshot& snapshot) { return snapshot.buckets.Get(item.bucket_id); });
    if (!bucket) {
        return Unexpected(bucket.error());
    }
    const auto source = sources_.Find(bucket->kind);
    return source ? (*source)->Open(*bucket, item, stop) : Unexpected(source.error());
}

/// Looks the bytes' digest up, or reads them all once: it names the content in the lineage of results.
Result<void> Worker::KnowContent(ClaimedItem& claim, ItemBytes& bytes, const std::stop_token& stop) {
    auto& item = claim.item;
    if (!item.content_sha256.empty()) {
        bytes.Know(item.content_sha256);
        return {};
    }
    const auto alias = storage_.Read([&](const Snapshot& snapshot) {
        return snapshot.items.Alias(item.bucket_id, item.key, item.version);
    });
    if (!alias) {
        return Unexpected(alias.error());
    }
    bytes.Know(alias->value_or(""));
    bool told = false;
    auto reading = ReadingFor(claim, stop);
    reading.progress = [&](double done) {
        told = true;
        NoteProgress(claim.processes, done);
    };
    auto digest = bytes.Digest(reading);
    if (!digest) {
        return Unexpected(digest.error());
    }
    item.content_sha256 = std::move(*digest);
    if (!told) {
        return {};  // read in a moment: it is noted with the job's first progress or its end
    }
    NoteProgress(claim.processes, 0);
    return NoteContent(item, item.content_sha256);
}

/// The bytes are still those that were hashed, or what was found in them must not be kept under their digest:
/// then the item takes the one they have now.
Result<void> Worker::ConfirmContent(
    const ClaimedItem& claim, Item& item, ItemBytes& bytes, const std::stop_token& stop
) const {
    const auto digest = bytes.Digest(ReadingFor(claim, stop));
    if (!digest) {
        return Unexpected(digest.error());
    }
    const bool same = *digest == item.content_sha256;
    item.content_sha256 = *digest;
    return same ? Result<void>{}
                : Fail(ErrorCode::kUnavailable, "the file was changed while it was processed");
}

Reading Worker::ReadingFor(const ClaimedItem& claim, const std::stop_token& stop) const {
    return {
        .may_go_on = [this, &claim, stop]() -> Result<void> {
            if (stop.stop_requested()) {
                return Fail(ErrorCode::kStopped, "the service stopped while the file was being read");
            }
            return AllCancelled(claim)
                       ? Fail(ErrorCode::kCancelled, "cancelled while the file was being read")
                       : Result<void>{};
        },
        .progress = nullptr,
    };
}

Result<void> Worker::NoteContent(const Item& item, const std::string& sha256) {
    return storage_.Write([&](Transaction& transaction) {
        return transaction.items.SetAlias(item.bucket_id, item.key, item.version, sha256).and_then([&] {
            return transaction.items.SetContent(item.id, "", sha256);
        });
    });
}

/// So that a job that takes long says that it runs. What fails here is written when it ends.
void Worker::NoteContentInPassing(const Item& item) {
    if (const auto noted = NoteContent(item, item.content_sha256); !noted) {
        Log(LogLevel::kDebug,
            "digest not noted",
            {{"item", item.id.Value()}, {"error", noted.error().message}});
    }
}

void Worker::RunJob(
    const ClaimedItem& claim, OpenedItem opened, ItemBytes& bytes, const std::stop_token& stop
) {
    if (claim.processes.empty()) {
        return;
    }
    const auto ended = [&](Ended end) {
        auto& outcome = end.outcome;
        const auto same = outcome.document ? ConfirmContent(claim, end.item, bytes, stop) : Result<void>{};
        if (!same) {
            outcome.document = Unexpected(AtStage(same.error(), "read"));
            outcome.artifacts.clear();
        }
        completion_.Add(std::move(end));
    };
    bool noted = false;
    JobWatch watch(claim, ended, [&](const Process& process, double done) {
        if (!std::exchange(noted, true)) {
            NoteContentInPassing(claim.item);
        }
        NoteProgress({process}, done);
    });
    FailPoint("job_running");
    const auto ran = runner_.Run(MakeJob(claim, std::move(opened)), watch.Observer(), stop);
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

void Worker::NoteProgress(const std::vector<Process>& processes, double done) {
    auto noted = storage_.Write([&](Transaction& transaction) {
        Result<void> set;
        for (const auto& process : processes) {
            set = set.and_then([&] {
                return transaction.processes.SetProgress(
                    {.process_id = process.id, .fence = process.fence}, done
                );
            });
        }
        return set;
    });
    if (!noted) {
        Log(LogLevel::kDebug,
            "progress not noted",
            {{"process", processes.at(0).id.Value()}, {"error", noted.error().message}});
    }
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
