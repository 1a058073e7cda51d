#include "queue/long_job.hpp"

#include <algorithm>
#include <cstdint>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "core/failpoint.hpp"
#include "core/log.hpp"
#include "domain/checkpoint.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "processors/host/host.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::int64_t kFirstClaim = 1;  // the fence of a process that was not claimed before

/// Which bytes a checkpoint is of.
const std::string& ContentOf(const Item& item) {
    return item.content_sha256.empty() ? item.version : item.content_sha256;
}

Hold HoldOf(const Process& process) {
    return {.process_id = process.id, .fence = process.fence};
}

}  // namespace

const Process* LongJob::Find(const ProcessId& id) const {
    const auto found = std::ranges::find(claim_.processes, id, &Process::id);
    return found == claim_.processes.end() ? nullptr : &*found;
}

void LongJob::Prepare(Job& job) const {
    for (auto& process : job.processes) {
        const auto* claimed = Find(process.id);
        if (claimed == nullptr || claimed->fence == kFirstClaim) {
            continue;
        }
        auto found = storage_.Read([&](const Snapshot& snapshot) {
            return snapshot.processes.CheckpointOf(process.id, ContentOf(claim_.item));
        });
        if (!found) {
            Log(LogLevel::kWarn,
                "a checkpoint cannot be read; the work begins anew",
                {{"process", process.id.Value()}, {"error", found.error().message}});
        } else if (*found) {
            process.checkpoint = **std::move(found);
        }
    }
}

void LongJob::Media(std::int64_t duration_ms) {
    media_ms_ = duration_ms;
    if (duration_ms >= kLongMediaMs) {
        for (const auto& process : claim_.processes) {
            Note(process, 0);
        }
    }
}

void LongJob::Resumed(const ProcessId& id, std::int64_t position_ms) {
    resumed_at_ms_[id] = position_ms;
    if (const auto* process = Find(id); process != nullptr && media_ms_ > 0) {
        Note(*process, 0);
        NoteProgress(*process, static_cast<double>(position_ms) / static_cast<double>(media_ms_));
    }
}

void LongJob::GaveWay(const Process& process) {
    Note(process, 1);
}

void LongJob::Note(const Process& process, int gave_way) {
    const auto resumed = resumed_at_ms_.find(process.id);
    const LongWork work{
        .media_ms = media_ms_,
        .resumed_at_ms = resumed == resumed_at_ms_.end() ? 0 : resumed->second,
        .gave_way = gave_way
    };
    const auto noted = storage_.Write([&](Transaction& transaction) {
        return transaction.processes.NoteLongWork(HoldOf(process), work);
    });
    if (!noted) {
        Log(LogLevel::kDebug,
            "long work not noted",
            {{"process", process.id.Value()}, {"error", noted.error().message}});
    }
}

/// So that what is shown does not begin at nothing.
void LongJob::NoteProgress(const Process& process, double done) {
    const auto noted = storage_.Write([&](Transaction& transaction) {
        return transaction.processes.SetProgress(HoldOf(process), std::min(done, 1.0));
    });
    if (!noted) {
        Log(LogLevel::kDebug,
            "progress not noted",
            {{"process", process.id.Value()}, {"error", noted.error().message}});
    }
}

void LongJob::Keep(const ProcessId& id, CheckpointStep step) {
    const auto* process = Find(id);
    if (process == nullptr) {
        return;
    }
    auto& late = late_[id];
    if (step.ended_before < late.size()) {
        late.clear();  // the child began anew
    }
    step.ended_before -= late.size();
    step.ended.insert(
        step.ended.begin(), std::make_move_iterator(late.begin()), std::make_move_iterator(late.end())
    );
    FailPoint("before_checkpoint");
    const auto kept = storage_.Write([&](Transaction& transaction) {
        return transaction.processes.KeepCheckpoint(HoldOf(*process), step, ContentOf(claim_.item));
    });
    FailPoint("checkpoint_kept");
    late = kept ? std::vector<std::string>() : std::move(step.ended);
    if (!kept || !*kept) {
        Log(LogLevel::kWarn,
            "checkpoint not kept",
            {{"process", id.Value()},
             {"position_ms", step.position_ms},
             {"error", kept ? std::string_view("somebody else has the process now") : kept.error().message}});
    }
}

}  // namespace notify
