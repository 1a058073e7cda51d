#include "queue/worker.hpp"

#include <algorithm>
#include <map>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <unistd.h>

#include "core/failpoint.hpp"
#include "core/file_byte_source.hpp"
#include "core/hash.hpp"
#include "core/log.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_text.hpp"

namespace notify {

namespace {

constexpr auto kProgressInterval = std::chrono::seconds(1);

/// SHA-256 of everything the source gives.
Result<std::string> HashAll(ByteSource& bytes, const std::stop_token& stop) {
    Sha256 hash;
    std::vector<std::byte> chunk(1U << 20U);
    std::uint64_t at = 0;
    while (true) {
        if (stop.stop_requested()) {
            return Fail(ErrorCode::kStopped, "stopped while hashing");
        }
        const auto got = bytes.ReadAt(at, chunk);
        if (!got) {
            return Unexpected(got.error());
        }
        if (*got == 0) {
            return hash.FinishHex();
        }
        hash.Add({reinterpret_cast<const char*>(chunk.data()), *got});
        at += *got;
    }
}

Error AtStage(Error error, std::string_view stage) {
    if (error.stage.empty()) {
        error.stage = stage;
    }
    return error;
}

}  // namespace

Worker::Worker(
    Storage& storage,
    const Clock& clock,
    const SourceRegistry& sources,
    JobRunner& runner,
    Completion& completion
)
    : storage_(storage), clock_(clock), sources_(sources), runner_(runner), completion_(completion) {}

void Worker::Run(ClaimedItem claim, const std::stop_token& stop) {
    auto opened = Open(claim.item, stop);
    if (!opened) {
        EndAll(claim, AtStage(opened.error(), "open"));
        return;
    }
    FailPoint("opened");
    if (auto known = KnowContent(claim.item, opened->bytes, stop); !known) {
        EndAll(claim, AtStage(known.error(), "read"));
        return;
    }
    RunJob(claim, std::move(*opened), stop);
}

Result<Worker::Opened> Worker::Open(const Item& item, const std::stop_token& stop) const {
    auto bucket =
        storage_.Read([&](const Snapshot& snapshot) { return snapshot.buckets.Get(item.bucket_id); });
    if (!bucket) {
        return Unexpected(bucket.error());
    }
    const auto source = sources_.Find(bucket->kind);
    if (!source) {
        return Unexpected(source.error());
    }
    return (*source)->Open(*bucket, item, stop).map([&](OpenedItem bytes) {
        return Opened{.bucket = std::move(*bucket), .bytes = std::move(bytes)};
    });
}

/// Looks the bytes' digest up, or reads them all once: it names the content in the lineage of results.
Result<void> Worker::KnowContent(Item& item, const OpenedItem& bytes, const std::stop_token& stop) {
    if (!item.content_sha256.empty()) {
        return {};
    }
    const auto alias = storage_.Read([&](const Snapshot& snapshot) {
        return snapshot.items.Alias(item.bucket_id, item.key, item.version);
    });
    if (!alias) {
        return Unexpected(alias.error());
    }
    if (*alias) {
        item.content_sha256 = **alias;
    } else {
        auto digest = Result<std::string>();
        if (bytes.reader != nullptr) {
            digest = HashAll(*bytes.reader, stop);
        } else {
            auto file = FileByteSource::Make(UniqueFd(::dup(bytes.descriptor.Get())));
            digest = file ? HashAll(*file, stop) : Unexpected(file.error());
        }
        if (!digest) {
            return Unexpected(digest.error());
        }
        item.content_sha256 = std::move(*digest);
    }
    return storage_.Write([&](Transaction& transaction) {
        return transaction.items.SetAlias(item.bucket_id, item.key, item.version, item.content_sha256)
            .and_then([&] { return transaction.items.SetContent(item.id, "", item.content_sha256); });
    });
}

void Worker::EndAll(const ClaimedItem& claim, const Error& error) {
    for (const auto& process : claim.processes) {
        JobOutcome outcome{.id = process.id, .document = Unexpected(error)};
        completion_.Add({.item = claim.item, .process = process, .outcome = std::move(outcome)});
    }
}

void Worker::NoteProgress(const Process& process, double done) {
    const Hold hold{.process_id = process.id, .fence = process.fence};
    auto noted = storage_.Write([&](Transaction& transaction) {
        return transaction.processes.SetProgress(hold, done);
    });
    if (!noted) {
        Log(LogLevel::kDebug,
            "progress not noted",
            {{"process", process.id.Value()}, {"error", noted.error().message}});
    }
}

void Worker::RunJob(ClaimedItem& claim, Opened opened, const std::stop_token& stop) {
    Job job;
    job.name = fmt::format("{} {}", claim.item.id.Value(), KeyText(claim.item.key));
    job.size_bytes = opened.bytes.size_bytes;
    job.descriptor = std::move(opened.bytes.descriptor);
    job.reader = std::move(opened.bytes.reader);
    for (const auto& process : claim.processes) {
        job.processes.push_back({.id = process.id, .processor = process.processor, .config = process.config});
    }
    std::map<ProcessId, std::chrono::steady_clock::time_point> noted;
    std::vector<JobOutcome> crashed;
    std::vector<ProcessId> ended;
    const auto find = [&](const ProcessId& id) -> const Process& {
        return *std::ranges::find(claim.processes, id, &Process::id);
    };
    const auto hand_over = [&](JobOutcome outcome, CrashKind crash) {
        // cancelled because a newer version replaced it: the file says so
        if (!outcome.document && outcome.document.error().code == ErrorCode::kCancelled) {
            if (const auto again = Open(claim.item, {});
                !again && again.error().code == ErrorCode::kConflict) {
                outcome.document = Unexpected(again.error());
            }
        }
        const auto id = outcome.id;
        completion_.Add(
            {.item = claim.item, .process = find(id), .outcome = std::move(outcome), .crash = crash}
        );
    };
    const JobObserver observer{
        .progress =
            [&](const ProcessId& id, double done) {
                auto& last = noted[id];
                if (const auto now = std::chrono::steady_clock::now(); now - last >= kProgressInterval) {
                    last = now;
                    NoteProgress(find(id), done);
                }
            },
        .outcome =
            [&](JobOutcome outcome) {
                ended.push_back(outcome.id);
                if (outcome.crashed) {
                    crashed.push_back(std::move(outcome));
                } else {
                    hand_over(std::move(outcome), CrashKind::kNone);
                }
            },
    };
    FailPoint("job_running");
    const auto ran = runner_.Run(std::move(job), observer, stop);
    const auto kind = crashed.size() > 1 ? CrashKind::kInGroup : CrashKind::kAlone;
    for (auto& outcome : crashed) {
        hand_over(std::move(outcome), kind);
    }
    const Error unrun = ran ? Error{.code = ErrorCode::kInternal, .stage = "child", .message = "the processor ended without an outcome"}
                            : AtStage(ran.error(), "child");
    for (const auto& process : claim.processes) {
        if (std::ranges::find(ended, process.id) == ended.end()) {
            hand_over({.id = process.id, .document = Unexpected(unrun)}, CrashKind::kNone);
        }
    }
}

}  // namespace notify
