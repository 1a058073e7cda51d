#include "queue/process_start.hpp"

#include <algorithm>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/rule.hpp"
#include "domain/status.hpp"
#include "storage/latest_runs.hpp"

namespace notify {

namespace {

Process Ready(const ItemId& item, const BucketId& bucket, Timestamp now) {
    Process process;
    process.id = ProcessId(MakeId("prc"));
    process.item_id = item;
    process.bucket_id = bucket;
    process.since = now;
    process.next_attempt_at = now;
    process.created_at = now;
    return process;
}

}  // namespace

Process FirstRun(const Item& item, const Choice& choice, Timestamp now) {
    auto process = Ready(item.id, item.bucket_id, now);
    process.processor = choice.processor;
    process.config = choice.config;
    process.config_hash = choice.config_hash;
    process.priority = choice.priority;
    process.rule_id = choice.rule_id;
    process.media_types = choice.media_types;
    return process;
}

Process ChosenRun(
    const Item& item, const Choice& choice, const std::vector<Process>& existing, Timestamp now
) {
    auto run = FirstRun(item, choice, now);
    for (const auto& process : existing) {
        if (process.processor == choice.processor && process.config_hash == choice.config_hash) {
            run.run = std::max(run.run, process.run + 1);
        }
    }
    return run;
}

Result<std::vector<Process>> RunsOfChoices(
    Result<std::vector<Process>> existing, const Item& item, const std::vector<Choice>& choices, Timestamp now
) {
    if (!existing) {
        return existing;
    }
    const auto latest = LatestRuns(*existing);
    std::vector<Process> runs;
    for (const auto& choice : choices) {
        const auto had = std::ranges::find_if(latest, [&](const Process& process) {
            return process.processor == choice.processor && process.config_hash == choice.config_hash;
        });
        if (had == latest.end() ||
            (had->failure && had->failure->reason == kNoRule && IsTerminal(had->status))) {
            runs.push_back(ChosenRun(item, choice, *existing, now));
        }
    }
    return runs;
}

Process NextRun(const Process& ended, Timestamp now) {
    auto process = Ready(ended.item_id, ended.bucket_id, now);
    process.processor = ended.processor;
    process.config = ended.config;
    process.config_hash = ended.config_hash;
    process.run = ended.run + 1;
    process.priority = ended.priority;
    process.rule_id = ended.rule_id;
    process.media_types = ended.media_types;
    return process;
}

}  // namespace notify
