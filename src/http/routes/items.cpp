// /v1/items and /v1/processes.

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/checkpoint.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/looked_at.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/reach.hpp"
#include "http/router.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/standstill.hpp"
#include "http/views.hpp"
#include "processors/config_secrets.hpp"
#include "queue/item_control.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/key_text.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

/// What is noted beside the processes of an item.
struct Notes {
    std::map<ProcessId, LookedAt> looked_at;
    std::map<ProcessId, LongWork> long_work;
};

Result<Notes> NotesOf(const Snapshot& snapshot, const ItemId& item) {
    auto looked_at = snapshot.processes.LookedAtOf(item);
    auto long_work = snapshot.processes.LongWorkOf(item);
    if (!looked_at || !long_work) {
        return Unexpected(looked_at ? long_work.error() : looked_at.error());
    }
    return Notes{.looked_at = std::move(*looked_at), .long_work = std::move(*long_work)};
}

view::ProcessView Show(const Process& process, const Notes& notes) {
    view::ProcessView shown{
        .id = process.id.Value(),
        .item = process.item_id.Value(),
        .processor = process.processor,
        .config = ParseJson(WithoutSecrets(process.processor, process.config)).value_or(nullptr),
        .rule = process.rule_id.IsEmpty() ? std::nullopt : std::optional(process.rule_id.Value()),
        .run = process.run,
        .status = {std::string(ToString(process.status))},
        .since = ToRfc3339(process.since),
        .attempt = process.attempt,
        .max_attempts = process.max_attempts,
        .crashes = process.crashes,
        .rescues = process.rescues,
        .releases = process.releases,
        .next_attempt_at =
            IsTerminal(process.status) ? std::nullopt : std::optional(ToRfc3339(process.next_attempt_at)),
        .progress = process.progress,
        .cancel_requested = process.cancel_requested,
        .failure = std::nullopt,
        .looked_at = std::nullopt,
        .long_work = std::nullopt,
        .result = process.result_id.IsEmpty() ? std::nullopt : std::optional(process.result_id.Value()),
        .created_at = ToRfc3339(process.created_at),
        .started_at = TextOf(process.started_at),
        .finished_at = TextOf(process.finished_at),
    };
    if (const auto found = notes.long_work.find(process.id); found != notes.long_work.end()) {
        shown.long_work = view::LongWorkView{
            .media_ms = found->second.media_ms,
            .resumed_at_ms = found->second.resumed_at_ms,
            .gave_way = found->second.gave_way
        };
    }
    if (const auto found = notes.looked_at.find(process.id); found != notes.looked_at.end()) {
        const auto& [rendition, id, lines, warning] = found->second;
        shown.looked_at = view::LookedAtView{
            .rendition = rendition,
            .id = id,
            .lines = lines > 0 ? std::optional(lines) : std::nullopt,
            .warning = warning
        };
    }
    if (process.failure) {
        const auto& f = *process.failure;
        shown.failure = view::FailureView{
            .code = f.code,
            .stage = f.stage,
            .reason = f.reason,
            .message = f.message,
            .will_retry = f.will_retry
        };
    }
    return shown;
}

view::ItemRow Row(const Item& item, std::optional<double> progress) {
    return {
        .id = item.id.Value(),
        .bucket = item.bucket_id.Value(),
        .key = KeyText(item.key),
        .version = item.version,
        .size_bytes = static_cast<std::int64_t>(item.size_bytes),
        .modified_at = ToRfc3339(item.modified_at),
        .media_type = item.media_type,
        .content_sha256 = item.content_sha256,
        .status = {std::string(ToString(item.status))},
        .since = ToRfc3339(item.since),
        .blocked_by = {std::string(ToString(item.blocked_by))},
        .progress = progress,
        .reason_code = item.reason_code,
        .reason = item.reason,
        .state_version = item.state_version,
        .discovered_at = ToRfc3339(item.discovered_at),
        .removed_at = TextOf(item.removed_at),
    };
}

struct Whole {
    Item item;
    std::vector<Process> processes;
    Notes notes;
    std::vector<ItemChange> history;
    std::optional<Standstill> standstill;
    Bucket bucket;
};

/// Without what keeps it from moving, and without its bucket.
Result<Whole> PartsOf(const Snapshot& snapshot, const ItemId& id) {
    auto item = snapshot.items.Get(id);
    auto processes = snapshot.processes.OfItem(id);
    auto notes = NotesOf(snapshot, id);
    auto history = snapshot.items.History(id);
    if (!item || !processes) {
        return Unexpected(!item ? item.error() : processes.error());
    }
    if (!notes || !history) {
        return Unexpected(!notes ? notes.error() : history.error());
    }
    return Whole{
        .item = std::move(*item),
        .processes = std::move(*processes),
        .notes = std::move(*notes),
        .history = std::move(*history),
        .standstill = std::nullopt,
        .bucket = {}
    };
}

/// An item and how far it is, 0 … 1, while it is processed.
struct Line {
    Item item;
    std::optional<double> progress;
};

Result<Line> LineOf(const Snapshot& snapshot, Item item) {
    if (item.status != Status::kProcessing) {
        return Line{.item = std::move(item), .progress = std::nullopt};
    }
    return snapshot.processes.OfItem(item.id).map([&](std::vector<Process> processes) {
        const auto progress = ProgressOf(item, LatestRuns(std::move(processes)));
        return Line{.item = std::move(item), .progress = progress};
    });
}

view::ItemView Show(const Whole& whole, Timestamp now) {
    view::ItemView shown{
        Row(whole.item, ProgressOf(whole.item, LatestRuns(whole.processes))),
        0,
        std::nullopt,
        Why(whole.item, whole.processes, whole.standstill, whole.bucket, now),
        {},
        {}
    };
    std::optional<Timestamp> next;
    for (const auto& process : whole.processes) {
        shown.processes.push_back(Show(process, whole.notes));
        shown.attempt = std::max(shown.attempt, process.attempt);
        if (process.status == Status::kPending) {
            next = std::min(next.value_or(process.next_attempt_at), process.next_attempt_at);
        }
    }
    shown.next_attempt_at = TextOf(next);
    for (const auto& change : whole.history) {
        shown.history.push_back(
            {.at = ToRfc3339(change.at),
             .status = {std::string(ToString(change.status))},
             .process = change.process_id.Value(),
             .attempt = change.attempt,
             .reason_code = change.reason_code,
             .reason = change.reason}
        );
    }
    return shown;
}

class ItemRoutes {
public:
    explicit ItemRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto page = PageOf(request);
        const auto standstill = parts_.standstill();
        const auto rows = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Page<Line>> {
            const auto bucket = BucketAsked(snapshot, request);
            if (!bucket) {
                return Unexpected(bucket.error());
            }
            const ItemFilter filter{
                .bucket_id = *bucket,
                .status = StatusOf(request),
                .key_contains = std::string(request.Query("key"))
            };
            auto found = snapshot.items.List(filter, page);
            if (!found) {
                return Unexpected(found.error());
            }
            Page<Line> lines{.rows = {}, .next = std::move(found->next)};
            for (auto& item : found->rows) {
                auto line = TakeBlockedBy(snapshot, item, standstill).and_then([&] {
                    return LineOf(snapshot, std::move(item));
                });
                if (!line) {
                    return Unexpected(line.error());
                }
                lines.rows.push_back(std::move(*line));
            }
            return lines;
        });
        return Answer(request, rows, [](const Page<Line>& found) {
            view::ItemList list{.rows = {}, .next = found.next};
            for (const auto& line : found.rows) {
                list.rows.push_back(Row(line.item, line.progress));
            }
            return list;
        });
    }

    [[nodiscard]] Response Get(const Request& request) const {
        const ItemId id(request.parameters[0]);
        const auto standstill = parts_.standstill();
        const auto whole = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Whole> {
            auto read = PartsOf(snapshot, id);
            if (!read) {
                return read;
            }
            if (auto taken = TakeBlockedBy(snapshot, read->item, standstill); !taken) {
                return Unexpected(taken.error());
            }
            auto still = standstill ? Result<std::optional<Standstill>>(standstill)
                                    : StandstillOf(snapshot, read->item, parts_.clock.Now());
            auto bucket = snapshot.buckets.Get(read->item.bucket_id);
            if (!still || !bucket) {
                return Unexpected(still ? bucket.error() : still.error());
            }
            read->standstill = std::move(*still);
            read->bucket = std::move(*bucket);
            return read;
        });
        return Answer(request, whole, [&](const Whole& w) { return Show(w, parts_.clock.Now()); });
    }

    [[nodiscard]] Response Rerun(const Request& request) const {
        const auto count = parts_.items.Rerun(ItemId(request.parameters[0]), request.caller.actor);
        parts_.nudge();
        return Answer(
            request, count, [](int processes) { return view::CountView{.processes = processes}; }, 202
        );
    }

    [[nodiscard]] Response Cancel(const Request& request) const {
        const auto count = parts_.items.Cancel(ItemId(request.parameters[0]), request.caller.actor);
        parts_.nudge();
        return Answer(
            request, count, [](int processes) { return view::CountView{.processes = processes}; }, 202
        );
    }

    [[nodiscard]] Response GetProcess(const Request& request) const {
        const ProcessId id(request.parameters[0]);
        using Read = std::pair<Process, Notes>;
        const auto read = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Read> {
            auto process = snapshot.processes.Get(id);
            auto notes = process ? NotesOf(snapshot, process->item_id) : Result<Notes>(Notes());
            if (!process || !notes) {
                return Unexpected(process ? notes.error() : process.error());
            }
            return Read(std::move(*process), std::move(*notes));
        });
        return Answer(request, read, [](const Read& found) { return Show(found.first, found.second); });
    }

private:
    /// What keeps the item from moving at this moment.
    [[nodiscard]] Result<void> TakeBlockedBy(
        const Snapshot& snapshot, Item& item, const std::optional<Standstill>& standstill
    ) const {
        if (standstill && !IsTerminal(item.status)) {
            item.blocked_by = standstill->blocked_by;
            return {};
        }
        return notify::TakeBlockedBy(snapshot, item, parts_.clock.Now());
    }

    ApiParts parts_;
};

}  // namespace

// NOLINTNEXTLINE(readability-function-size): a table
void AddItemRoutes(Router& router, const ApiParts& parts) {
    const auto routes = std::make_shared<ItemRoutes>(parts);  // shared by the handlers below
    const std::string tag = "items";
    auto filters = PageParameters("itm_[0-9A-Z]+");
    filters.push_back(StatusParameter());
    filters.push_back({.name = "bucket", .description = "Id or name of a bucket."});
    filters.push_back({.name = "key", .description = "A part of the key."});
    router.Add(
        {.method = "GET",
         .pattern = "/v1/items",
         .scope = Scope::kRead,
         .reach = Reach::kOpen,
         .tag = tag,
         .summary = "Items",
         .description =
             "Versions of media objects, newest first. `progress` (0 to 1) is there while one is processed. "
             "Earlier names: BucketItem, OMBucketItem, Asset.",
         .query = filters,
         .answer = &described::Schema<view::ItemList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/items/{item}",
         .scope = Scope::kRead,
         .reach = Reach::kItem,
         .tag = tag,
         .summary = "One item",
         .description = "With its processes, its history, and `why`: sentences that say why it does not "
                        "move, or how it ended.",
         .answer = &described::Schema<view::ItemView>,
         .handle = [routes](Request& r) { return routes->Get(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/items/{item}/rerun",
         .scope = Scope::kWrite,
         .reach = Reach::kItem,
         .tag = tag,
         .summary = "Run again",
         .description = "A new run of each process that ended.",
         .answer = &described::Schema<view::CountView>,
         .status = 202,
         .handle = [routes](Request& r) { return routes->Rerun(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/items/{item}/cancel",
         .scope = Scope::kWrite,
         .reach = Reach::kItem,
         .tag = tag,
         .summary = "Cancel",
         .description = "What waits at once, what runs within 10 s.",
         .answer = &described::Schema<view::CountView>,
         .status = 202,
         .handle = [routes](Request& r) { return routes->Cancel(r); }}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/processes/{process}",
         .scope = Scope::kRead,
         .reach = Reach::kProcess,
         .tag = tag,
         .summary = "One process",
         .description = "One processor with one configuration on one item. `attempt` counts tries that ended "
                        "in an error: 0 when the first went well.",
         .answer = &described::Schema<view::ProcessView>,
         .handle = [routes](Request& r) { return routes->GetProcess(r); }}
    );
}

}  // namespace notify
