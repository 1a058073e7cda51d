#include "queue/backlog/first_contact.hpp"

#include <algorithm>
#include <chrono>
#include <optional>
#include <string>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/bucket_options.hpp"
#include "domain/done_mark.hpp"
#include "domain/item.hpp"
#include "domain/status.hpp"
#include "storage/backlog_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// A store may date what it is given from when the upload began, and its clock may be wrong.
constexpr std::chrono::days kLongestUpload{7};

std::string LimitsOf(const BucketBacklog& backlog) {
    auto text = backlog.items_per_day > 0 ? fmt::format("{} items", backlog.items_per_day) : std::string();
    if (backlog.decode_hours_per_day > 0) {
        text += text.empty() ? "" : " and ";
        text += fmt::format("{:g} hours of media", backlog.decode_hours_per_day);
    }
    return text;
}

}  // namespace

std::string DoneSentence(const DoneMark& mark) {
    return fmt::format("an earlier system has done it, as of {}", ToRfc3339(mark.at));
}

SetAside AsideByPolicy(const Bucket& bucket) {
    if (bucket.options.backlog.policy == BacklogPolicy::kBudget) {
        return {
            .code = {},
            .reason = fmt::format(
                "it was there before bucket '{}' was added, and waits for its turn: {} of those are taken "
                "each day, what was written last first",
                bucket.name,
                LimitsOf(bucket.options.backlog)
            )
        };
    }
    return {
        .code = std::string(kBeforeBaseline),
        .reason = fmt::format("it was there before bucket '{}' was added, and is ignored", bucket.name)
    };
}

bool WasThereBefore(const Bucket& bucket, Timestamp modified_at, Timestamp noticed_at) {
    if (!bucket.first_scan_at || noticed_at < *bucket.first_scan_at) {
        return modified_at < std::chrono::floor<std::chrono::seconds>(bucket.created_at);
    }
    return bucket.kind != "local" && modified_at < bucket.created_at - kLongestUpload;
}

Result<std::optional<SetAside>> FindSetAside(
    const Snapshot& snapshot, const Bucket& bucket, const Item& item
) {
    const auto marks = snapshot.backlog.Marks(bucket.id, item.key);
    if (!marks) {
        return Unexpected(marks.error());
    }
    const auto done = std::ranges::find_if(*marks, [&](const DoneMark& mark) {
        return Covers(mark, item.version, item.modified_at);
    });
    if (done != marks->end()) {
        return SetAside{.code = std::string(kDoneElsewhere), .reason = DoneSentence(*done)};
    }
    return bucket.options.backlog.policy != BacklogPolicy::kProcess &&
                   WasThereBefore(bucket, item.modified_at, item.discovered_at)
               ? std::optional(AsideByPolicy(bucket))
               : std::nullopt;
}

void PutAside(Item& item, const SetAside& aside) {
    item.status = aside.Waits() ? Status::kPending : Status::kSkipped;
    item.blocked_by = aside.Waits() ? BlockedBy::kBudget : BlockedBy::kNothing;
    item.reason_code = aside.code;
    item.reason = aside.reason;
}

Result<void> NoteAside(Transaction& transaction, Item item, const SetAside& aside, Timestamp now) {
    const auto before = item.status;
    PutAside(item, aside);
    item.since = item.status == before ? item.since : now;
    const ItemChange change{
        .at = now, .status = item.status, .reason_code = item.reason_code, .reason = item.reason
    };
    return transaction.items.SetStatus(item).and_then([&] {
        return transaction.items.AddChange(item.id, change);
    });
}

bool IsAside(const Item& item) {
    return item.status == Status::kSkipped &&
           (item.reason_code == kBeforeBaseline || item.reason_code == kDoneElsewhere);
}

bool WaitsForBudget(const Item& item) {
    return item.status == Status::kPending && item.blocked_by == BlockedBy::kBudget;
}

}  // namespace notify
