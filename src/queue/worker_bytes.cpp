// How a worker comes to the bytes of a claimed item, and what it notes of them.

#include <algorithm>
#include <iterator>
#include <map>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/failpoint.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/bucket_options.hpp"
#include "domain/item.hpp"
#include "domain/looked_at.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "queue/bucket_hold.hpp"
#include "queue/item_bytes.hpp"
#include "queue/process_end.hpp"
#include "queue/spool.hpp"
#include "queue/worker.hpp"
#include "sources/objects/faults.hpp"
#include "sources/registry.hpp"
#include "sources/source.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// True when the store answered, if only to say what is wrong with the object.
bool IsAnswer(const Error& error) {
    return !HoldsBucket(error) && !objects::IsMomentary(error) && error.code != ErrorCode::kStopped;
}

}  // namespace

Result<Worker::Place> Worker::PlaceOf(const Item& item) {
    return storage_.Read([&](const Snapshot& snapshot) -> Result<Place> {
        auto bucket = snapshot.buckets.Get(item.bucket_id);
        auto hold = snapshot.buckets.HoldOf(item.bucket_id);
        if (!bucket || !hold) {
            return Unexpected(bucket ? hold.error() : bucket.error());
        }
        const auto source = sources_.Find(bucket->kind);
        const bool names_bytes = !source || (*source)->VersionNamesBytes();
        return Place{
            .bucket = std::move(*bucket), .hold = std::move(*hold), .version_names_bytes = names_bytes
        };
    });
}

/// Not while the bucket is held: what was claimed before the hold fails as the item did that brought it on.
/// An answer of the store, whatever it says of the object, ends the hold.
Result<OpenedItem> Worker::Open(const Place& place, const ClaimedItem& claim, const std::stop_token& stop) {
    const auto& hold = place.hold;
    if (hold && hold->until > claim.processes.front().since) {
        return Unexpected(
            Error{
                .code = ErrorCode::kUnavailable,
                .stage = "store",
                .reason = hold->reason,
                .retry_after = hold->until - claim.processes.front().since,
                .message = hold->sentence
            }
        );
    }
    const auto source = sources_.Find(place.bucket.kind);
    if (!source) {
        return Unexpected(source.error());
    }
    auto item = claim.item;
    item.asked_at = std::ranges::max(claim.processes, {}, &Process::created_at).created_at;
    auto opened = (*source)->Open(place.bucket, item, stop);
    if (hold && (opened || IsAnswer(opened.error()))) {
        const auto released = storage_.Write([&](Transaction& transaction) {
            return transaction.buckets.Release(place.bucket.id, completion_.Now());
        });
        if (!released) {
            return Unexpected(released.error());
        }
    }
    return opened;
}

Result<std::string> Worker::AliasOf(const Item& item) {
    return storage_
        .Read([&](const Snapshot& snapshot) {
            return snapshot.items.Alias(item.bucket_id, item.key, item.version);
        })
        .map([](std::optional<std::string> known) { return std::move(known).value_or(""); });
}

Result<void> Worker::TakeAlias(Item& item) {
    auto known = item.content_sha256.empty() ? AliasOf(item) : Result<std::string>(item.content_sha256);
    return known.map([&](std::string& sha256) { item.content_sha256 = std::move(sha256); });
}

/// The digest of the bytes names them in the lineage of results. Without one afterwards it is taken with the
/// job, or not at all.
Result<void> Worker::KnowContent(
    ClaimedItem& claim, const Place& place, OpenedItem& opened, ItemBytes& bytes, const std::stop_token& stop
) {
    if (!opened.reader) {
        return KnowFile(claim, bytes, stop);
    }
    const bool wanted = claim.item.content_sha256.empty() && place.bucket.options.dedupe == Dedupe::kBefore;
    return wanted ? Fetch(claim, opened, bytes, stop) : Result<void>{};
}

/// Looks the digest of a file up, or reads all of it once.
Result<void> Worker::KnowFile(ClaimedItem& claim, ItemBytes& bytes, const std::stop_token& stop) {
    if (!claim.item.content_sha256.empty()) {
        bytes.Know(claim.item.content_sha256);
        return {};
    }
    auto alias = AliasOf(claim.item);
    if (!alias) {
        return Unexpected(alias.error());
    }
    bytes.Know(std::move(*alias));
    bool told = false;
    auto digest = bytes.Digest(FirstReading(claim, told, stop));
    if (!digest) {
        return Unexpected(digest.error());
    }
    return TakeDigest(claim, std::move(*digest), told);
}

/// Takes an object to the disk, where there is room, so that its digest is known before its job.
Result<void> Worker::Fetch(
    ClaimedItem& claim, OpenedItem& opened, ItemBytes& bytes, const std::stop_token& stop
) {
    bool told = false;
    auto spooled = spool_.Take(*opened.reader, FirstReading(claim, told, stop));
    if (!spooled || !*spooled) {
        return spooled.map([](const auto&) {});
    }
    FailPoint("spooled");
    opened.reader.reset();
    opened.descriptor = std::move((*spooled)->descriptor);
    bytes.Know((*spooled)->sha256);
    return TakeDigest(claim, std::move((*spooled)->sha256), told);
}

/// `told`: the reading took so long that its progress was shown.
Result<void> Worker::TakeDigest(ClaimedItem& claim, std::string sha256, bool told) {
    claim.item.content_sha256 = std::move(sha256);
    if (!told) {
        return {};  // read in a moment: it is noted with the job's first progress or its end
    }
    NoteProgress(claim.processes, 0);
    return NoteContent(claim.item, claim.item.content_sha256);
}

Reading Worker::FirstReading(const ClaimedItem& claim, bool& told, const std::stop_token& stop) {
    auto reading = ReadingFor(claim, stop);
    reading.progress = [this, &claim, &told](double done) {
        told = true;
        NoteProgress(claim.processes, done);
    };
    return reading;
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

/// What fails here is nothing to end a process for.
void Worker::NoteLookedAt(const std::vector<Process>& processes, const LookedAt& looked_at) {
    const auto noted = storage_.Write([&](Transaction& transaction) {
        Result<void> set;
        for (const auto& process : processes) {
            set = std::move(set).and_then([&] {
                return transaction.processes.SetLookedAt(process.id, looked_at);
            });
        }
        return set;
    });
    if (!noted) {
        Log(LogLevel::kWarn,
            "it is not noted which media was read",
            {{"process", processes.at(0).id.Value()}, {"error", noted.error().message}});
    }
}

/// What gets a result of bytes that were read before was looked at as they were then.
void Worker::InheritLookedAt(const ClaimedItem& claim, const std::map<ProcessId, StoredResult>& known) {
    const auto noted =
        storage_.Read([&](const Snapshot& snapshot) { return snapshot.processes.LookedAtOf(claim.item.id); });
    if (!noted || noted->empty()) {
        return;
    }
    std::vector<Process> heirs;
    std::ranges::copy_if(claim.processes, std::back_inserter(heirs), [&](const Process& process) {
        return known.contains(process.id) && !noted->contains(process.id);
    });
    if (!heirs.empty()) {
        NoteLookedAt(heirs, noted->rbegin()->second);
    }
}

/// So that a job that takes long says that it runs. What fails here is written when it ends.
void Worker::NoteContentInPassing(const Item& item) {
    if (item.content_sha256.empty()) {
        return;
    }
    if (const auto noted = NoteContent(item, item.content_sha256); !noted) {
        Log(LogLevel::kDebug,
            "digest not noted",
            {{"item", item.id.Value()}, {"error", noted.error().message}});
    }
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

void Worker::TellProgress(const Process& process, double done) {
    const auto told = storage_.Write([&](Transaction& transaction) {
        return notify::TellProgress(transaction, process, done, completion_.Now());
    });
    if (!told) {
        Log(LogLevel::kDebug,
            "progress not told",
            {{"process", process.id.Value()}, {"error", told.error().message}});
    }
}

}  // namespace notify
