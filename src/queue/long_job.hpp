#pragma once

// What a running job tells of long work: how long its media is, where it goes on, its checkpoints.

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "domain/checkpoint.hpp"
#include "domain/ids.hpp"
#include "processors/host/host.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Of one claim and one thread, as JobRunner::Run is. The claim outlives it.
class LongJob final {
public:
    LongJob(Storage& storage, const ClaimedItem& claim) : storage_(storage), claim_(claim) {}

    /// Gives the job's processes what they go on with. What cannot be read is begun anew.
    void Prepare(Job& job) const;

    /// How long the media plays, as the child tells. Noted when that is long.
    void Media(std::int64_t duration_ms);

    /// The process goes on at that place.
    void Resumed(const ProcessId& id, std::int64_t position_ms);

    /// Returns when the checkpoint is durable, or cannot be for now: then it is kept with the next one.
    void Keep(const ProcessId& id, CheckpointStep step);

    /// The process was left so that shorter work can begin. Before it ends.
    void GaveWay(const Process& process);

private:
    void Note(const Process& process, int gave_way);
    void NoteProgress(const Process& process, double done);
    [[nodiscard]] const Process* Find(const ProcessId& id) const;

    Storage& storage_;
    const ClaimedItem& claim_;
    std::int64_t media_ms_ = 0;
    std::map<ProcessId, std::int64_t> resumed_at_ms_;
    std::map<ProcessId, std::vector<std::string>> late_;  ///< What ended, and could not be kept.
};

}  // namespace notify
