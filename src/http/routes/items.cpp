// /v1/items and /v1/processes.

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "http/api.hpp"
#include "http/message.hpp"
#include "http/parameters.hpp"
#include "http/problem.hpp"
#include "http/reach.hpp"
#include "http/router.hpp"
#include "http/routes/item_shown.hpp"
#include "http/routes/routes.hpp"
#include "http/routes/standstill.hpp"
#include "http/views.hpp"
#include "queue/item_control.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/latest_runs.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::string_view kNewestFirst = "-discovered_at";
constexpr std::string_view kOldestFirst = "discovered_at";

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

class ItemRoutes {
public:
    explicit ItemRoutes(ApiParts parts) : parts_(std::move(parts)) {}

    [[nodiscard]] Response List(const Request& request) const {
        const auto page = PageOf(request);
        const auto of_all = parts_.standstill();
        const auto rows = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Page<Line>> {
            const auto filter = FilterOf(snapshot, request);
            auto found = filter ? snapshot.items.List(*filter, page) : Unexpected(filter.error());
            if (!found) {
                return Unexpected(found.error());
            }
            Page<Line> lines{.rows = {}, .next = std::move(found->next)};
            Standstills standstills(snapshot, of_all, parts_.clock.Now());
            for (auto& item : found->rows) {
                const auto still = standstills.Take(item);
                auto line = still ? LineOf(snapshot, std::move(item)) : Unexpected(still.error());
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
        const auto of_all = parts_.standstill();
        const auto whole = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<WholeItem> {
            auto read = PartsOf(snapshot, id);
            if (!read) {
                return read;
            }
            auto still = Standstills(snapshot, of_all, parts_.clock.Now()).Take(read->item);
            auto bucket = snapshot.buckets.Get(read->item.bucket_id);
            if (!still || !bucket) {
                return Unexpected(still ? bucket.error() : still.error());
            }
            read->standstill = std::move(*still);
            read->bucket = std::move(*bucket);
            return read;
        });
        return Answer(request, whole, [&](const WholeItem& w) { return Show(w, parts_.clock.Now()); });
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

    [[nodiscard]] Response RerunAll(const Request& request) const {
        const auto status = StatusOf(request);
        if (!status || !IsTerminal(*status)) {
            return Problem(
                {.code = ErrorCode::kInvalidArgument,
                 .message = "say which items: ?status= with Failed, Cancelled, Skipped or Completed"},
                request.id
            );
        }
        return ForAll(request, &ItemControl::RerunAll);
    }

    [[nodiscard]] Response CancelAll(const Request& request) const {
        if (!StatusOf(request) && request.Query("bucket").empty() && request.Query("key").empty()) {
            return Problem(
                {.code = ErrorCode::kInvalidArgument,
                 .message = "say which items: ?status=, ?bucket= or ?key="},
                request.id
            );
        }
        return ForAll(request, &ItemControl::CancelAll);
    }

    [[nodiscard]] Response GetProcess(const Request& request) const {
        const ProcessId id(request.parameters[0]);
        using Read = std::pair<Process, ProcessNotes>;
        const auto read = parts_.storage.Read([&](const Snapshot& snapshot) -> Result<Read> {
            auto process = snapshot.processes.Get(id);
            auto notes = process ? NotesOf(snapshot, process->item_id) : Result<ProcessNotes>(ProcessNotes());
            if (!process || !notes) {
                return Unexpected(process ? notes.error() : process.error());
            }
            return Read(std::move(*process), std::move(*notes));
        });
        return Answer(request, read, [](const Read& found) { return Show(found.first, found.second); });
    }

private:
    static Result<ItemFilter> FilterOf(const Snapshot& snapshot, const Request& request) {
        return BucketAsked(snapshot, request).map([&](const BucketId& bucket) {
            return ItemFilter{
                .bucket_id = bucket,
                .status = StatusOf(request),
                .key_contains = std::string(request.Query("key")),
                .oldest_first = request.Query("sort") == kOldestFirst
            };
        });
    }

    using Act = Result<ItemsDone> (ItemControl::*)(
        const ItemFilter& filter, const PageRequest& page, std::string_view actor
    );

    [[nodiscard]] Response ForAll(const Request& request, Act act) const {
        const auto done =
            parts_.storage.Read(
                              [&](const Snapshot& snapshot) { return FilterOf(snapshot, request); }
            ).and_then([&](const ItemFilter& filter) {
                return (parts_.items.*act)(filter, PageOf(request), request.caller.actor);
            });
        parts_.nudge();
        return Answer(
            request,
            done,
            [](const ItemsDone& all) {
                return view::ItemsDoneView{
                    .items = all.items,
                    .processes = all.processes,
                    .left_alone = all.left_alone,
                    .next = all.next
                };
            },
            202
        );
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
    auto sorted = filters;
    sorted.push_back(
        {.name = "sort",
         .description = "What the rows are sorted by; -discovered_at when not given.",
         .words = {kNewestFirst, kOldestFirst}}
    );
    router.Add(
        {.method = "GET",
         .pattern = "/v1/items",
         .scope = Scope::kRead,
         .reach = Reach::kOpen,
         .tag = tag,
         .summary = "Items",
         .description = "Versions of media objects, those discovered last first. `progress` (0 to 1) is "
                        "there while one is processed. "
                        "Earlier names: BucketItem, OMBucketItem, Asset.",
         .query = sorted,
         .answer = &described::Schema<view::ItemList>,
         .handle = [routes](Request& r) { return routes->List(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/items/rerun",
         .scope = Scope::kWrite,
         .reach = Reach::kOpen,
         .tag = tag,
         .summary = "Run many again",
         .description = "A page of what `GET /v1/items` lists with the same query, each as with its own "
                        "`rerun`; `status` must be given. Go on with `after` until `next` is empty.",
         .query = filters,
         .answer = &described::Schema<view::ItemsDoneView>,
         .status = 202,
         .handle = [routes](Request& r) { return routes->RerunAll(r); }}
    );
    router.Add(
        {.method = "POST",
         .pattern = "/v1/items/cancel",
         .scope = Scope::kWrite,
         .reach = Reach::kOpen,
         .tag = tag,
         .summary = "Cancel many",
         .description = "A page of what `GET /v1/items` lists with the same query, each as with its own "
                        "`cancel`; `status`, `bucket` or `key` must be given. Go on with `after` until "
                        "`next` is empty.",
         .query = filters,
         .answer = &described::Schema<view::ItemsDoneView>,
         .status = 202,
         .handle = [routes](Request& r) { return routes->CancelAll(r); }}
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
