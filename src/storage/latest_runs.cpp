#include "storage/latest_runs.hpp"

#include <algorithm>
#include <map>
#include <ranges>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"

namespace notify {

std::vector<Process> LatestRuns(std::vector<Process> all) {
    std::map<std::pair<std::string, std::string>, Process> latest;
    for (auto& process : all) {
        auto& kept = latest[{process.processor, process.config_hash}];
        if (kept.id.IsEmpty() || kept.run < process.run) {
            kept = std::move(process);
        }
    }
    std::vector<Process> runs;
    runs.reserve(latest.size());
    for (auto& [key, process] : latest) {
        runs.push_back(std::move(process));
    }
    std::ranges::sort(runs, {}, [](const Process& process) {
        return std::pair(process.created_at, process.id);
    });
    std::set<std::pair<std::string, RuleId>> done_later;
    for (auto& run : std::views::reverse(runs)) {
        std::pair choice(run.processor, run.rule_id);
        if (IsTerminal(run.status) && done_later.contains(choice)) {
            run.id = {};
        } else if (run.status == Status::kCompleted && !run.rule_id.IsEmpty()) {
            done_later.insert(std::move(choice));
        }
    }
    std::erase_if(runs, [](const Process& run) { return run.id.IsEmpty(); });
    return runs;
}

}  // namespace notify
