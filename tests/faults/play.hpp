#pragma once

// Plays steps of two owners with the queue's own classes on a real database, and compares what is there after
// each of them with the model.

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/secret_box.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "faults/model.hpp"
#include "faults/mutants.hpp"
#include "faults/steps.hpp"
#include "queue/completion.hpp"
#include "queue/reaper.hpp"
#include "storage/artifact_store.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"
#include "support/set_clock.hpp"

namespace notify::testing {

/// As whom the storages of the owners join a database of several nodes. The owners claim under other names,
/// so that a node whose leases are over still belongs: the fence of a process is the second line, and tried
/// here without the first.
inline constexpr std::array<const char*, 2> kNodesOfPlay{"nod_of_a", "nod_of_b"};

/// What a play needs; all of it outlives it.
struct Stage {
    Storage& storage;  ///< Through which is looked; and that of whoever ends what the owners left.
    std::vector<Storage*> owners;
    SetClock& clock;
    const SecretBox& box;
    std::filesystem::path folder;
    Bucket bucket;  ///< Of items that nobody else adds, claims or reaps.
};

/// How many items a play has, and what is run on each.
struct Cast {
    int items = 1;
    std::vector<std::string> processors{"checksum"};
};

class Play final {
public:
    /// `mutant` is how the storage of each owner is at fault.
    Play(Stage stage, Mutant mutant);
    ~Play();
    Play(const Play&) = delete;
    Play& operator=(const Play&) = delete;

    /// Plays the steps on new items. Then whatever is left is worked off by somebody else, and then the
    /// owners end what they still believe to hold. What was not as it should be, and after which step;
    /// nothing when all was.
    [[nodiscard]] std::optional<std::string> Run(const Cast& cast, const std::vector<Step>& steps);

private:
    class Owner;
    struct Round;

    [[nodiscard]] Item AddItem(const std::vector<std::string>& processors);
    void Take(Round& round, const Step& step);
    void WorkOff(Round& round);
    void EndAll(Round& round, int owner);
    void TakeClaim(Round& round, const Step& step) const;
    void TakeEnd(Round& round, const Step& step);
    void TakeHeartbeat(Round& round, const Step& step) const;
    static void TakeProgress(Round& round, const Step& step);
    void TakeReap(Round& round, const Step& step) const;
    void TakeRestart(Round& round, const Step& step);
    void TakeGiveUp(Round& round, const Step& step) const;
    void TakeOfPerson(Round& round, const Step& step);
    void Revive(Round& round, int owner);
    void Compare(Round& round);
    static void CompareItem(Round& round, int item, const Snapshot& snapshot);
    void CompareEvents(Round& round, const Snapshot& snapshot);
    void Sweep(const Round& round);

    const Stage stage_;
    const Mutant mutant_;
    std::unique_ptr<ArtifactStore> artifacts_;
    std::vector<std::unique_ptr<Storage>> mutants_;  ///< Of each owner; empty without a mutant.
    int documents_ = 0;
    std::int64_t events_ = 0;  ///< Up to here they have been looked at.
};

}  // namespace notify::testing
