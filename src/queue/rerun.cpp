#include "queue/rerun.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "processors/kind.hpp"
#include "queue/backlog/first_contact.hpp"
#include "queue/process_end.hpp"
#include "queue/process_start.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"
#include "storage/latest_runs.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/rule_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr int kBatch = 100;  // items in a transaction: others wait for it some 10 ms

/// What an order does to one item.
struct Plan {
    std::vector<Process> runs;
    RerunCounts counts;
};

/// The runs of one processor on the item.
struct Past {
    std::vector<Process> all;       ///< The latest of each configuration.
    const Process* same = nullptr;  ///< Of the configuration that is chosen now.

    [[nodiscard]] bool HasResult() const {
        return std::ranges::find(all, Status::kCompleted, &Process::status) != all.end();
    }

    [[nodiscard]] bool IsBusy() const {
        return std::ranges::any_of(all, [](const Process& run) { return !IsTerminal(run.status); });
    }
};

/// True when the result was made by the version that this program has.
Result<bool> IsOfThisVersion(const Snapshot& snapshot, const Process& run) {
    const auto kind = FindProcessorKind(run.processor);
    return snapshot.results.Get(run.result_id).map([&](const StoredResult& result) {
        return kind && result.processor_version == (*kind)->version;
    });
}

Result<bool> IsWanted(const Snapshot& snapshot, const RerunOrder& order, const Past& past) {
    switch (order.mode) {
        case RerunMode::kForce:
            return true;
        case RerunMode::kMissing: {
            const bool skipped_for_itself = past.same != nullptr && past.same->status != Status::kFailed &&
                                            !(past.same->failure && past.same->failure->reason == kNoRule);
            return !past.HasResult() && !skipped_for_itself;
        }
        case RerunMode::kChanged:
            break;
    }
    if (!past.HasResult() || past.same == nullptr || past.same->status != Status::kCompleted) {
        return past.HasResult();
    }
    return IsOfThisVersion(snapshot, *past.same).map([](bool same) { return !same; });
}

/// False of what an order leaves alone whatever its rules choose.
Result<bool> IsFree(
    const Snapshot& snapshot, const RerunOrder& order, const Item& item, bool opened, RerunCounts& counts
) {
    const auto newest = snapshot.items.Newest(item.bucket_id, item.key);
    if (!newest || !*newest || (*newest)->id != item.id) {
        return newest.map([](const auto&) { return false; });
    }
    ++counts.looked_at;
    if (IsAside(item) && !order.baseline) {
        ++counts.set_aside;
        return false;
    }
    const bool unopened = item.status == Status::kSkipped && !opened && item.reason_code != kNoRule;
    const bool cancelled = item.status == Status::kCancelled && order.mode != RerunMode::kForce;
    return item.reason_code != "superseded" && !item.removed_at && !cancelled && !WaitsForBudget(item) &&
           (!unopened || IsAside(item));
}

/// A choice may have its run from another rule, which chose the same before and chooses otherwise now: that
/// run would give way to the other rule's next one, so the choice gets one of its own.
void AddOwnRuns(
    const Item& item,
    const std::vector<Choice>& choices,
    const std::vector<Process>& existing,
    Timestamp now,
    std::vector<Process>& runs
) {
    const auto latest = LatestRuns(existing);
    const auto count = runs.size();
    for (const auto& choice : choices) {
        const auto had = std::ranges::find_if(latest, [&](const Process& run) {
            return run.processor == choice.processor && run.config_hash == choice.config_hash;
        });
        const auto gives_way = [&](const Process& run) {
            return run.processor == had->processor && run.rule_id == had->rule_id &&
                   run.config_hash != had->config_hash;
        };
        const auto planned = std::span(runs).first(count);
        if (had != latest.end() && had->rule_id != choice.rule_id &&
            std::ranges::any_of(planned, gives_way)) {
            auto own = ChosenRun(item, choice, existing, now);
            runs.push_back(std::move(own));
        }
    }
}

Result<Plan> PlanOf(
    const Snapshot& snapshot,
    const RerunOrder& order,
    const std::vector<Choice>& choices,
    const Item& item,
    Timestamp now
) {
    auto all = snapshot.processes.OfItem(item.id);
    if (!all) {
        return Unexpected(all.error());
    }
    Plan plan;
    const auto free = IsFree(snapshot, order, item, !all->empty(), plan.counts);
    if (!free || !*free) {
        return free.map([&](bool) { return std::move(plan); });
    }
    const auto latest = LatestRuns(*all);
    for (const auto& choice : choices) {
        Past past;
        std::ranges::copy_if(latest, std::back_inserter(past.all), [&](const Process& run) {
            return run.processor == choice.processor;
        });
        const auto same = std::ranges::find(past.all, choice.config_hash, &Process::config_hash);
        past.same = same == past.all.end() ? nullptr : &*same;
        if (past.IsBusy()) {
            ++plan.counts.busy;
            continue;
        }
        const auto wanted = IsWanted(snapshot, order, past);
        if (!wanted) {
            return Unexpected(wanted.error());
        }
        if (*wanted) {
            auto run = ChosenRun(item, choice, *all, now);
            run.priority = order.priority.value_or(run.priority);
            plan.runs.push_back(std::move(run));
        }
    }
    AddOwnRuns(item, choices, *all, now, plan.runs);
    plan.counts.items = plan.runs.empty() ? 0 : 1;
    plan.counts.processes = static_cast<std::int64_t>(plan.runs.size());
    return plan;
}

std::vector<Choice> ChoicesFor(
    const RerunOrder& order, const std::vector<Rule>& rules, std::string_view key
) {
    auto choices = Choose(rules, key);
    std::erase_if(choices, [&](const Choice& choice) {
        return !order.processors.empty() &&
               std::ranges::find(order.processors, choice.processor) == order.processors.end();
    });
    return choices;
}

void Add(RerunCounts& sum, const RerunCounts& more) {
    sum.looked_at += more.looked_at;
    sum.items += more.items;
    sum.processes += more.processes;
    sum.busy += more.busy;
    sum.set_aside += more.set_aside;
}

/// Plans a page of items; `apply` writes what was planned of each, and is empty in a dry run.
template <class Apply>
Result<RerunCounts> PlanPage(
    const Snapshot& snapshot,
    const RerunOrder& order,
    const std::vector<Item>& items,
    Timestamp now,
    const Apply& apply
) {
    const auto rules = snapshot.rules.OfBucket(order.bucket);
    if (!rules) {
        return Unexpected(rules.error());
    }
    RerunCounts sum;
    for (const auto& listed : items) {
        const auto item = snapshot.items.Get(listed.id);  // as it is in this transaction
        const auto plan = item.and_then([&](const Item& found) {
            return PlanOf(snapshot, order, ChoicesFor(order, *rules, found.key), found, now);
        });
        if (!plan) {
            return Unexpected(plan.error());
        }
        if (auto applied = apply(listed.id, plan->runs); !applied) {
            return Unexpected(applied.error());
        }
        Add(sum, plan->counts);
    }
    return sum;
}

Result<void> AddRuns(
    Transaction& transaction, const ItemId& id, const std::vector<Process>& runs, Timestamp now
) {
    for (const auto& run : runs) {
        if (auto added = transaction.processes.Add(run); !added) {
            return added;
        }
    }
    return runs.empty() ? Result<void>{} : FinishItem(transaction, id, now);
}

Result<RerunCounts> RunPage(
    Storage& storage, const RerunOrder& order, const std::vector<Item>& items, Timestamp now
) {
    if (order.dry_run) {
        return storage.Read([&](const Snapshot& snapshot) {
            const auto nothing = [](const ItemId&, const std::vector<Process>&) { return Result<void>{}; };
            return PlanPage(snapshot, order, items, now, nothing);
        });
    }
    return storage.Write([&](Transaction& transaction) {
        return PlanPage(
            transaction.View(), order, items, now, [&](const ItemId& id, const std::vector<Process>& runs) {
                return AddRuns(transaction, id, runs, now);
            }
        );
    });
}

Result<void> Begin(Storage& storage, const RerunOrder& order, std::string_view actor, Timestamp now) {
    const auto there =
        storage.Read([&](const Snapshot& snapshot) { return snapshot.buckets.Get(order.bucket); });
    if (!there || order.dry_run) {
        return there.map([](const Bucket&) {});
    }
    const AuditEntry entry{
        .at = now,
        .actor = std::string(actor),
        .action = "bucket.rerun",
        .subject = order.bucket.Value(),
        .detail = fmt::format(
            "{} {}",
            kRerunModeWords.at(static_cast<std::size_t>(order.mode)),
            order.processors.empty() ? "all" : fmt::format("{}", fmt::join(order.processors, ", "))
        )
    };
    return storage.Write([&](Transaction& transaction) { return transaction.keys.AddAudit(entry); });
}

}  // namespace

Result<RerunCounts> RerunBucket(
    Storage& storage,
    const Clock& clock,
    const RerunOrder& order,
    std::string_view actor,
    const std::stop_token& stop
) {
    if (auto begun = Begin(storage, order, actor, clock.Now()); !begun) {
        return Unexpected(begun.error());
    }
    RerunCounts sum;
    PageRequest page{.after = {}, .limit = kBatch};
    do {
        if (stop.stop_requested()) {
            return Fail(ErrorCode::kStopped, "stopped before all items were looked at; ask again");
        }
        const auto items = storage.Read([&](const Snapshot& snapshot) {
            return snapshot.items.List({.bucket_id = order.bucket, .status = {}, .key_contains = {}}, page);
        });
        const auto counts = items.and_then([&](const Page<Item>& found) {
            return RunPage(storage, order, found.rows, clock.Now());
        });
        if (!counts) {
            return counts;
        }
        Add(sum, *counts);
        page.after = items->next;
    } while (!page.after.empty());
    return sum;
}

}  // namespace notify
