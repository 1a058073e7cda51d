#include "faults/play.hpp"

#include <algorithm>
#include <chrono>
#include <deque>
#include <map>
#include <stdexcept>
#include <utility>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/hash.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "queue/item_control.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/node_repository.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"

namespace notify::testing {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::milliseconds kLeaseEnds = Model::kLease + 1s;
constexpr std::chrono::milliseconds kDelayEnds = 1min;  // before the last attempt it is 40 s
constexpr int kMostJobs = 60;
constexpr int kMostEvents = 1000;

JobOutcome OutcomeOf(const ProcessId& id, Act how, const std::string& document) {
    if (how == Act::kComplete) {
        return {.id = id, .document = document};
    }
    const auto code = how == Act::kRelease         ? ErrorCode::kStopped
                      : how == Act::kEndsCancelled ? ErrorCode::kCancelled
                                                   : ErrorCode::kInternal;
    return {.id = id, .document = Fail(code, "as the play has it")};
}

CrashKind CrashOf(Act how) {
    return how == Act::kCrash          ? CrashKind::kAlone
           : how == Act::kCrashInGroup ? CrashKind::kInGroup
                                       : CrashKind::kNone;
}

std::string NodeName(int owner) {
    return owner < 0 ? "" : fmt::format("nod_{}", owner);
}

/// What the two say of a run alike, in words.
template <class Run>
std::string Common(const Run& run) {
    return fmt::format(
        "{} attempt {} crashes {} rescues {} fence {}{}{}",
        ToString(run.status),
        run.attempt,
        run.crashes,
        run.rescues,
        run.fence,
        run.alone ? " alone" : "",
        run.status == Status::kProcessing && run.cancel_requested ? " to be cancelled" : ""
    );
}

std::string OfExpected(const ExpectedRun& run) {
    auto text = Common(run);
    if (run.status == Status::kProcessing) {
        text += fmt::format(
            " progress {} of {} until {}", run.progress, NodeName(run.owner), ToMillis(run.lease_until)
        );
    }
    return run.status == Status::kCompleted ? text + " found " + run.document : text;
}

std::string OfRow(const Process& process, const Snapshot& snapshot) {
    auto text = Common(process);
    if (process.status == Status::kProcessing) {
        text += fmt::format(
            " progress {} of {} until {}",
            process.progress,
            process.lease_owner.Value(),
            ToMillis(process.lease_until.value_or(Timestamp()))
        );
    }
    return process.status == Status::kCompleted
               ? text + " found " + snapshot.results.Get(process.result_id).value().document
               : text;
}

/// "" when the row is as it should be; when it is to be tried again is taken from the row.
std::string Difference(ExpectedRun& run, const Process& process, const Snapshot& snapshot) {
    const auto expected = OfExpected(run);
    const auto is = OfRow(process, snapshot);
    if (expected != is) {
        return fmt::format("is {}, not {}", is, expected);
    }
    if (run.status != Status::kPending) {
        return {};
    }
    const bool in_time = run.ready_from <= process.next_attempt_at && process.next_attempt_at <= run.ready_to;
    run.ready_from = process.next_attempt_at;
    run.ready_to = process.next_attempt_at;
    return in_time ? "" : "is ready at another time than it should be";
}

}  // namespace

/// One who claims, works and tells, with the parts that a node has.
class Play::Owner {
public:
    struct Held {
        Item item;
        Process process;
        ExpectedHold expected;
    };

    Owner(int number, Storage& working, Storage& completing, ArtifactStore& artifacts, const Clock& clock)
        : node(fmt::format("nod_{}", number)),
          storage(working),
          completion(completing, artifacts, clock, {}, [] {}),
          reaper(
              working,
              clock,
              {.node = node},
              {.held = [this] { return completion.Held().All(); },
               .cancel = [this](const ProcessId& id) { cancelled.push_back(id); },
               .lost = [] {},
               .reaped = [] {}}
          ) {}

    /// The commit is over when this returns.
    void End(const Held& ending, Act how, const std::string& document) {
        completion.Add(
            {.item = ending.item,
             .process = ending.process,
             .outcome = OutcomeOf(ending.process.id, how, document),
             .crash = CrashOf(how)}
        );
        completion.Start();
        completion.Stop();
    }

    [[nodiscard]] Result<std::vector<ClaimedItem>> Claim(Timestamp now) {
        return storage.Write([&](Transaction& transaction) {
            auto claims = transaction.processes.Claim(node, 1, now, Model::kLease);
            for (std::size_t i = 0; claims && i < claims->size(); ++i) {
                if (auto item = RefreshItem(transaction, (*claims)[i].item.id, now); !item) {
                    return Result<std::vector<ClaimedItem>>(Unexpected(item.error()));
                }
            }
            return claims;
        });
    }

    /// Of the item, what it took first.
    std::deque<Held>& OfItem(int item) { return held[item]; }

    const NodeId node;
    Storage& storage;
    Completion completion;
    Reaper reaper;
    std::map<int, std::deque<Held>> held;
    std::vector<ProcessId> cancelled;  ///< Told by heartbeats.
    bool given_up = false;
};

/// What one run has.
struct Play::Round {
    Model model;
    std::vector<Item> items;
    std::vector<std::unique_ptr<Owner>> owners;  ///< The last one is whoever works off what is left.
    std::map<std::size_t, ProcessId> ids;        ///< Of the model's runs.
    std::vector<std::string> wrong;

    [[nodiscard]] Owner& OwnerOf(const Step& step) {
        return *owners.at(static_cast<std::size_t>(step.owner));
    }

    [[nodiscard]] int Last() const { return static_cast<int>(owners.size()) - 1; }
};

Play::Play(Stage stage, Mutant mutant)
    : stage_(std::move(stage)),
      mutant_(mutant),
      artifacts_(std::make_unique<ArtifactStore>(stage_.storage, stage_.box, stage_.folder / "artifacts")) {
    for (auto* storage : stage_.owners) {
        if (mutant_ != Mutant::kNone) {
            mutants_.push_back(MakeMutant(mutant_, *storage, stage_.storage));
        }
    }
    events_ =
        stage_.storage.Read([](const Snapshot& snapshot) { return snapshot.events.LastSequence(); }).value();
}

Play::~Play() = default;

std::optional<std::string> Play::Run(const Cast& cast, const std::vector<Step>& steps) {
    Round round{.model = Model(cast.items, cast.processors, stage_.clock.Now())};
    for (int i = 0; i < cast.items; ++i) {
        round.items.push_back(AddItem(cast.processors));
    }
    for (int owner = 0; std::cmp_less_equal(owner, stage_.owners.size()); ++owner) {
        round.owners.push_back(nullptr);
        Revive(round, owner);
    }
    Compare(round);
    std::size_t played = 0;
    while (round.wrong.empty() && played < steps.size()) {
        Take(round, steps[played++]);
    }
    const bool of_steps = !round.wrong.empty();
    if (!of_steps) {
        WorkOff(round);
        for (int owner = 0; owner < round.Last(); ++owner) {
            EndAll(round, owner);
        }
    }
    for (int owner = 0; owner < round.Last(); ++owner) {
        Revive(round, owner);  // so that who was given up is there again for the next
    }
    if (round.wrong.empty()) {
        return std::nullopt;
    }
    Sweep(round);
    const auto where = of_steps ? fmt::format("after step {} of", played) : "when all was worked off after";
    return fmt::format("{} [{}]: {}", where, ToString(steps), fmt::join(round.wrong, "; "));
}

Item Play::AddItem(const std::vector<std::string>& processors) {
    const auto now = stage_.clock.Now();
    Item item;
    item.id = ItemId(MakeId("itm"));
    item.bucket_id = stage_.bucket.id;
    item.key = item.id.Value();
    item.version = "1";
    item.size_bytes = 7;
    item.content_sha256 = Sha256Hex(item.key);
    item.modified_at = now;
    item.since = now;
    item.discovered_at = now;
    const auto added = stage_.storage.Write([&](Transaction& transaction) -> Result<void> {
        auto done = transaction.items.AddIfNew(item).map([](bool) {});
        for (std::size_t i = 0; done && i < processors.size(); ++i) {
            Process process;
            process.id = ProcessId(MakeId("prc"));
            process.item_id = item.id;
            process.bucket_id = item.bucket_id;
            process.processor = processors[i];
            process.config = "{}";
            process.config_hash = Sha256Hex("{}");
            process.since = now;
            process.next_attempt_at = now;
            process.created_at = now;
            done = transaction.processes.Add(process);
        }
        return done;
    });
    if (!added) {
        throw std::runtime_error(added.error().message);
    }
    return item;
}

void Play::Revive(Round& round, int owner) {
    const auto index = static_cast<std::size_t>(owner);
    auto& place = round.owners[index];
    if (place && place->given_up) {
        // it learns of it when it would write, and joins with the next write
        static_cast<void>(stage_.owners[index]->Write([](Transaction&) { return Result<void>(); }));
        stage_.owners[index]->JoinAgain();
        if (auto joined = stage_.owners[index]->Write([](Transaction&) { return Result<void>(); }); !joined) {
            round.wrong.push_back(joined.error().message);
        }
    }
    const bool is_last = index == stage_.owners.size();
    auto& storage = is_last ? stage_.storage : *stage_.owners[index];
    auto& used = is_last || mutants_.empty() ? storage : *mutants_[index];
    // whoever answers too early does so where it answers for work
    auto& claiming = mutant_ == Mutant::kAnswersTooEarly ? storage : used;
    place = std::make_unique<Owner>(owner, claiming, used, *artifacts_, stage_.clock);
}

void Play::Take(Round& round, const Step& step) {
    if (step.act == Act::kClaim) {
        TakeClaim(round, step);
    } else if (step.act == Act::kHeartbeat) {
        TakeHeartbeat(round, step);
    } else if (step.act == Act::kProgress) {
        TakeProgress(round, step);
    } else if (step.act <= Act::kEndsCancelled) {
        TakeEnd(round, step);
    } else if (step.act == Act::kDies) {
        Revive(round, step.owner);
    } else if (step.act == Act::kRestarts) {
        TakeRestart(round, step);
    } else if (step.act == Act::kReap) {
        TakeReap(round, step);
    } else if (step.act == Act::kGiveUpOther) {
        TakeGiveUp(round, step);
    } else if (step.act <= Act::kRerun) {
        TakeOfPerson(round, step);
    } else {
        stage_.clock.Advance(step.act == Act::kLeaseEnds ? kLeaseEnds : kDelayEnds);
    }
    Compare(round);
}

void Play::TakeClaim(Round& round, const Step& step) const {
    auto& owner = round.OwnerOf(step);
    const auto claims = owner.Claim(stage_.clock.Now());
    if (owner.given_up) {
        if (claims) {
            round.wrong.emplace_back("who was given up was given work");
        }
        return;
    }
    if (!claims) {
        round.wrong.push_back(claims.error().message);
        return;
    }
    std::map<ProcessId, std::pair<const Item*, const Process*>> given;
    for (const auto& claim : *claims) {
        owner.completion.Held().Add(claim);
        for (const auto& process : claim.processes) {
            given[process.id] = {&claim.item, &process};
        }
    }
    for (const auto& hold : round.model.Claim(step.owner, stage_.clock.Now())) {
        const auto found = given.find(round.ids.at(hold.run));
        if (found == given.end() || found->second.second->fence != hold.fence) {
            round.wrong.push_back(fmt::format("{} was not given", round.ids.at(hold.run).Value()));
            return;
        }
        owner.OfItem(round.model.Runs()[hold.run].item)
            .push_back({.item = *found->second.first, .process = *found->second.second, .expected = hold});
        given.erase(found);
    }
    if (!given.empty()) {
        round.wrong.push_back(
            fmt::format("{} was given although it is not ready", given.begin()->first.Value())
        );
    }
}

void Play::TakeEnd(Round& round, const Step& step) {
    auto& owner = round.OwnerOf(step);
    auto& held = owner.OfItem(step.item);
    if (held.empty()) {
        return;
    }
    const auto ending = std::move(held.front());
    held.pop_front();
    const auto document = fmt::format(R"({{"found":{}}})", ++documents_);
    owner.End(ending, step.act, document);
    if (!owner.given_up) {
        round.model.End(ending.expected, step.act, document, stage_.clock.Now());
    }
}

void Play::TakeHeartbeat(Round& round, const Step& step) const {
    auto& owner = round.OwnerOf(step);
    owner.cancelled.clear();
    const auto beat = owner.reaper.Heartbeat();
    if (owner.given_up || !beat) {
        if (owner.given_up == beat.has_value()) {
            round.wrong.push_back(beat ? "who was given up extended its leases" : beat.error().message);
        }
        return;
    }
    std::vector<ExpectedHold> held;
    for (const auto& [item, of_item] : owner.held) {
        for (const auto& each : of_item) {
            held.push_back(each.expected);
        }
    }
    std::vector<ProcessId> expected;
    for (const auto run : round.model.Heartbeat(step.owner, held, stage_.clock.Now())) {
        expected.push_back(round.ids.at(run));
    }
    std::ranges::sort(expected);
    std::ranges::sort(owner.cancelled);
    if (expected != owner.cancelled) {
        round.wrong.push_back(
            fmt::format("{} cancellations were told instead of {}", owner.cancelled.size(), expected.size())
        );
    }
}

void Play::TakeProgress(Round& round, const Step& step) {
    auto& owner = round.OwnerOf(step);
    auto& held = owner.OfItem(step.item);
    if (held.empty()) {
        return;
    }
    const auto& process = held.front().process;
    const double progress = 0.25 + 0.5 * step.owner;
    const auto told = owner.storage.Write([&](Transaction& transaction) {
        return transaction.processes.SetProgress(
            {.process_id = process.id, .fence = process.fence}, progress
        );
    });
    if (told && !owner.given_up) {
        round.model.Progress(held.front().expected, progress);
    } else if (told.has_value() == owner.given_up) {
        round.wrong.push_back(told ? "who was given up told progress" : told.error().message);
    }
}

void Play::TakeReap(Round& round, const Step& step) const {
    auto& owner = round.OwnerOf(step);
    const auto reaped = owner.reaper.ReapExpired();
    if (!owner.given_up) {
        round.model.Reap(stage_.clock.Now());
        if (!reaped) {
            round.wrong.push_back(reaped.error().message);
        }
    }
}

void Play::TakeRestart(Round& round, const Step& step) {
    Revive(round, step.owner);
    const auto reset = ResetAfterStart(round.OwnerOf(step).storage, stage_.clock.Now());
    if (!reset) {
        round.wrong.push_back(reset.error().message);
    }
    if (stage_.storage.IsSingleNode()) {
        round.model.Reset(stage_.clock.Now());
    } else {
        round.model.Reap(stage_.clock.Now());
    }
}

/// As the reaper does with a node that is gone.
void Play::TakeGiveUp(Round& round, const Step& step) const {
    const int other = 1 - step.owner;
    auto& lost = *round.owners.at(static_cast<std::size_t>(other));
    auto& owner = round.OwnerOf(step);
    if (stage_.storage.IsSingleNode() || owner.given_up || lost.given_up) {
        return;
    }
    const auto left = owner.storage.Write([&](Transaction& transaction) {
        return transaction.nodes.Leave(lost.node).and_then([&] {
            return transaction.nodes.Leave(NodeId(kNodesOfPlay.at(static_cast<std::size_t>(other))));
        });
    });
    if (!left) {
        round.wrong.push_back(left.error().message);
    }
    lost.given_up = true;
    round.model.GiveUp(other);
}

void Play::TakeOfPerson(Round& round, const Step& step) {
    ItemControl control(stage_.storage, stage_.clock, [](const ProcessId&) {});
    const auto& item = round.items.at(static_cast<std::size_t>(step.item));
    const bool cancels = step.act == Act::kCancel;
    const auto done = cancels ? control.Cancel(item.id, "a person") : control.Rerun(item.id, "a person");
    const bool expected =
        cancels ? round.model.Cancel(step.item) : round.model.Rerun(step.item, stage_.clock.Now());
    if (done.has_value() != expected) {
        round.wrong.push_back(done ? "a person was told yes" : done.error().message);
    }
}

/// By somebody with whom nothing goes wrong.
void Play::WorkOff(Round& round) {
    const int last = round.Last();
    for (int i = 0; i < kMostJobs && !round.model.IsOver() && round.wrong.empty(); ++i) {
        stage_.clock.Advance(kDelayEnds);
        Take(round, {.act = Act::kReap, .owner = last});
        if (round.wrong.empty()) {
            Take(round, {.act = Act::kClaim, .owner = last});
        }
        EndAll(round, last);
    }
    if (round.wrong.empty() && !round.model.IsOver()) {
        round.wrong.emplace_back("it never ends");
    }
}

void Play::EndAll(Round& round, int owner) {
    for (int item = 0; std::cmp_less(item, round.items.size()); ++item) {
        while (round.wrong.empty() &&
               !round.owners.at(static_cast<std::size_t>(owner))->OfItem(item).empty()) {
            Take(round, {.act = Act::kComplete, .owner = owner, .item = item});
        }
    }
}

void Play::Compare(Round& round) {
    const auto read = stage_.storage.Read([&](const Snapshot& snapshot) -> Result<void> {
        for (std::size_t item = 0; item < round.items.size(); ++item) {
            CompareItem(round, static_cast<int>(item), snapshot);
        }
        CompareEvents(round, snapshot);
        return {};
    });
    if (!read) {
        round.wrong.push_back(read.error().message);
    }
}

void Play::CompareItem(Round& round, int item, const Snapshot& snapshot) {
    const auto& id = round.items.at(static_cast<std::size_t>(item)).id;
    const auto rows = snapshot.processes.OfItem(id).value();
    const auto status = snapshot.items.Get(id).value().status;
    if (status != round.model.StatusOf(item)) {
        round.wrong.push_back(
            fmt::format("item {} is {}, not {}", item, ToString(status), ToString(round.model.StatusOf(item)))
        );
    }
    auto& runs = round.model.Runs();
    std::size_t found = 0;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const auto row = std::ranges::find_if(rows, [&](const Process& process) {
            return runs[i].item == item && process.processor == runs[i].processor &&
                   process.run == runs[i].run;
        });
        if (row == rows.end()) {
            continue;
        }
        ++found;
        round.ids[i] = row->id;
        if (auto wrong = Difference(runs[i], *row, snapshot); !wrong.empty()) {
            round.wrong.push_back(fmt::format("{} of item {} {}", row->processor, item, wrong));
        }
    }
    const auto expected = std::ranges::count(runs, item, &ExpectedRun::item);
    if (std::cmp_not_equal(found, expected) || found != rows.size()) {
        round.wrong.push_back(fmt::format("item {} has {} runs, not {}", item, rows.size(), expected));
    }
}

void Play::CompareEvents(Round& round, const Snapshot& snapshot) {
    std::vector<std::string> told;
    const auto events = snapshot.events.After(events_, kMostEvents, {}).value();
    for (const auto& event : events) {
        events_ = event.sequence;
        const auto item = std::ranges::find(round.items, ItemId(event.subject), &Item::id);
        told.push_back(fmt::format("{} {}", item - round.items.begin(), event.type));
    }
    std::ranges::sort(told);
    const auto expected = round.model.TakeEvents();
    if (told != expected) {
        round.wrong.push_back(
            fmt::format("told was [{}], not [{}]", fmt::join(told, ", "), fmt::join(expected, ", "))
        );
    }
}

/// After something went wrong: what is left is not to be claimed or reaped in the next run.
void Play::Sweep(const Round& round) {
    const auto swept = stage_.storage.Write([&](Transaction& transaction) -> Result<void> {
        for (const auto& item : round.items) {
            auto processes = transaction.processes.OfItem(item.id).value();
            for (auto& process : processes) {
                const bool held = process.status == Status::kProcessing;
                if (IsTerminal(process.status)) {
                    continue;
                }
                process.status = Status::kCancelled;
                process.lease_owner = NodeId();
                process.lease_until.reset();
                process.finished_at = stage_.clock.Now();
                const auto done = held ? transaction.processes.UpdateHeld(process).map([](bool) {})
                                       : transaction.processes.UpdatePending(process);
                if (!done) {
                    return done;
                }
            }
        }
        return {};
    });
    if (!swept) {
        throw std::runtime_error(swept.error().message);
    }
    events_ =
        stage_.storage.Read([](const Snapshot& snapshot) { return snapshot.events.LastSequence(); }).value();
}

}  // namespace notify::testing
