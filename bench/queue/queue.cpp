// The queue of items whose processor does nothing.
//
// bench_queue fill ITEMS BUCKETS FOLDER [PORT DATABASE]
//     takes new objects in: first scans of as many buckets at a time
// bench_queue work CLIENTS FOLDER [PORT DATABASE]
//     is a node: one claimer takes items and hands them to the completion, until nothing is left; meanwhile
//     CLIENTS threads read, and write what a page of the API writes
// bench_queue latency TIMES FOLDER PORT DATABASE
//     adds an item on one node and has it claimed on another, so many times
// bench_queue claims TIMES FOLDER [PORT DATABASE]
//     adds 10 items and claims them, so many times
//
// Each prints a flat JSON object. A failure of any thread ends them with its sentence.

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <mutex>
#include <optional>
#include <semaphore>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/process.hpp"
#include "place.hpp"
#include "processors/host/host.hpp"
#include "queue/claim.hpp"
#include "queue/completion.hpp"
#include "queue/intake.hpp"
#include "queue/ordered_scan.hpp"
#include "sources/source.hpp"
#include "storage/artifact_store.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/postgres/hints.hpp"
#include "storage/postgres/server.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::steady_clock;

constexpr int kFew = 10;
constexpr int kClaim = 500;          // items of a claim
constexpr std::size_t kHeld = 1500;  // what is claimed and not committed yet, at most

double SecondsSince(steady_clock::time_point start) {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
}

/// The first error of several threads.
class FirstError final {
public:
    void Note(const Result<void>& outcome) {
        const std::scoped_lock lock(mutex_);
        if (!outcome && !error_) {
            error_ = outcome.error();
        }
    }

    [[nodiscard]] Result<void> Outcome() {
        const std::scoped_lock lock(mutex_);
        return error_ ? Result<void>(Unexpected(*error_)) : Result<void>{};
    }

private:
    std::mutex mutex_;
    std::optional<Error> error_;
};

/// A first scan of a bucket in which there are `items` objects.
Result<void> Scan(Place& place, const Bucket& bucket, int items) {
    OrderedScan scan(*place.storage, *place.clock, bucket);
    if (auto begun = scan.Begin(); !begun) {
        return begun;
    }
    auto& range = scan.Ranges().front();
    for (int i = 0; i < items; ++i) {
        auto found = range.Found(
            {.key = fmt::format("{:09}.mxf", i),
             .version = "1",
             .size_bytes = 1,
             .modified_at = place.clock->Now()}
        );
        if (!found) {
            return found;
        }
    }
    return range.End().and_then([&] { return scan.End({}); });
}

/// Each bucket by a thread of its own.
Result<void> Fill(Place& place, int items, int buckets) {
    const auto places = AddBuckets(*place.storage, buckets, place.clock->Now());
    if (!places) {
        return Unexpected(places.error());
    }
    FirstError failed;
    const auto start = steady_clock::now();
    {
        std::vector<std::jthread> threads;
        for (const auto& bucket : *places) {
            threads.emplace_back([&] { failed.Note(Scan(place, bucket, items / buckets)); });
        }
    }
    fmt::print("{{\"items\": {}, \"enqueue_per_s\": {:.0f}}}\n", items, items / SecondsSince(start));
    return failed.Outcome();
}

/// What somebody does who looks at the service while it works, over and over.
void BeClient(
    Storage& storage, FirstError& failed, std::atomic<std::int64_t>& calls, const std::stop_token& stop
) {
    while (!stop.stop_requested()) {
        auto bucket = storage.Read([](const Snapshot& snapshot) {
            return snapshot.buckets.List().map([](std::vector<Bucket> all) { return all.front(); });
        });
        auto listed = bucket.and_then([&](const Bucket& first) {
            return storage.Read([&](const Snapshot& snapshot) {
                return snapshot.items.List({.bucket_id = first.id, .status = {}, .key_contains = {}}, {});
            });
        });
        failed.Note(listed.map([](const auto&) {}));
        failed.Note(bucket.and_then([&](const Bucket& first) {
            return storage.Write([&](Transaction& transaction) { return transaction.buckets.Update(first); });
        }));
        calls += 3;
        std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
}

/// Claims until nothing is left and gives each process a result. How many.
Result<std::int64_t> ClaimAll(Place& place, Completion& completion, std::binary_semaphore& committed) {
    std::int64_t claimed = 0;
    while (true) {
        while (completion.Held().All().size() > kHeld - kClaim) {
            committed.acquire();
        }
        auto claims = place.storage->Write([&](Transaction& transaction) {
            return ClaimItems(transaction, {.node = place.node}, kClaim, place.clock->Now());
        });
        if (!claims) {
            return Unexpected(claims.error());
        }
        if (claims->empty()) {
            while (!completion.Held().All().empty()) {
                committed.acquire();
            }
            return claimed;
        }
        for (const auto& claim : *claims) {
            completion.Held().Add(claim);
            for (const auto& process : claim.processes) {
                JobOutcome outcome{.id = process.id, .document = R"({"bytes": 1})"};
                completion.Add({.item = claim.item, .process = process, .outcome = std::move(outcome)});
                ++claimed;
            }
        }
    }
}

Result<void> Work(Place& place, int clients, const std::filesystem::path& folder) {
    ArtifactStore artifacts(*place.storage, *place.box, folder / "artifacts");
    std::binary_semaphore committed(0);
    Completion completion(*place.storage, artifacts, *place.clock, {}, [&] {
        static_cast<void>(committed.try_acquire());
        committed.release();
    });
    completion.Start();
    FirstError failed;
    std::atomic<std::int64_t> calls = 0;
    std::vector<std::jthread> threads;
    for (int i = 0; i < clients; ++i) {
        threads.emplace_back([&](const std::stop_token& stop) {
            BeClient(*place.storage, failed, calls, stop);
        });
    }
    const auto commits = place.storage->Commits();
    const auto start = steady_clock::now();
    const auto claimed = ClaimAll(place, completion, committed);
    const auto seconds = SecondsSince(start);
    threads.clear();
    completion.Stop();
    if (!claimed) {
        return Unexpected(claimed.error());
    }
    fmt::print(
        "{{\"jobs\": {}, \"jobs_per_s\": {:.0f}, \"commits\": {}, \"client_calls\": {}}}\n",
        *claimed,
        static_cast<double>(*claimed) / seconds,
        place.storage->Commits() - commits,
        calls.load()
    );
    return failed.Outcome();
}

void PrintPercentiles(std::string_view name, std::vector<double> millis) {
    std::ranges::sort(millis);
    const auto at = [&](std::size_t hundredths) { return millis[(millis.size() - 1) * hundredths / 100]; };
    fmt::print(
        "{{\"{0}_p50_ms\": {1:.2f}, \"{0}_p99_ms\": {2:.2f}, \"{0}_most_ms\": {3:.2f}}}\n",
        name,
        at(50),
        at(99),
        at(100)
    );
}

Result<void> Claims(Place& place, int times) {
    const auto buckets =
        place.storage->Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
    if (!buckets) {
        return Unexpected(buckets.error());
    }
    Intake intake(*place.storage, *place.clock);
    std::vector<double> took;
    for (int i = 0; i < times; ++i) {
        std::vector<FoundObject> objects;
        for (int j = 0; j < kFew; ++j) {
            objects.push_back({.key = fmt::format("claimed {} {}", i, j), .version = "1"});
        }
        if (auto taken = intake.Take(buckets->front(), objects); !taken) {
            return Unexpected(taken.error());
        }
        auto claimed = place.storage->Write([&](Transaction& transaction) -> Result<std::size_t> {
            const auto start = steady_clock::now();
            const auto claims =
                transaction.processes.Claim(place.node, kFew, place.clock->Now(), std::chrono::seconds(30));
            took.push_back(SecondsSince(start) * 1000);
            return claims.map([](const auto& items) { return items.size(); });
        });
        if (!claimed || *claimed != kFew) {
            return claimed ? Fail(ErrorCode::kInternal, "not what was added was claimed")
                           : Unexpected(claimed.error());
        }
    }
    PrintPercentiles("claim", std::move(took));
    return {};
}

/// From the moment before an item is added on one node until another has it, which waits for a hint.
Result<void> Latency(
    Place& place, int times, const PostgresServer& server, const std::filesystem::path& folder
) {
    auto there = OpenPlace(folder, server.port, server.database);
    const auto buckets = AddBuckets(*place.storage, 1, place.clock->Now());
    if (!buckets || !there) {
        return Unexpected(buckets ? there.error() : buckets.error());
    }
    std::binary_semaphore told(0);
    WorkHints here(server, [] {});
    const WorkHints hears(server, [&] {
        static_cast<void>(told.try_acquire());
        told.release();
    });
    told.acquire();  // it listens
    std::this_thread::sleep_for(std::chrono::seconds(1));
    Intake intake(*place.storage, *place.clock);
    std::vector<double> took;
    for (int i = 0; i < times; ++i) {
        const auto start = steady_clock::now();
        auto taken = intake.Take(buckets->front(), {{.key = std::to_string(i), .version = "1"}});
        here.Send();
        std::size_t claimed = 0;
        while (taken && claimed == 0) {
            static_cast<void>(told.try_acquire_for(std::chrono::seconds(1)));  // else it looks by itself
            auto claims = there->storage->Write([&](Transaction& transaction) {
                return ClaimItems(transaction, {.node = there->node}, 1, there->clock->Now());
            });
            claimed = claims ? claims->size() : 0;
        }
        if (!taken) {
            return Unexpected(taken.error());
        }
        took.push_back(SecondsSince(start) * 1000);
        std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    PrintPercentiles("start", std::move(took));
    return {};
}

Result<void> Run(std::vector<std::string> words) {
    const auto word = [&](std::size_t at) { return at < words.size() ? words[at] : std::string(); };
    const bool fills = word(0) == "fill";
    const std::size_t where = fills ? 3 : 2;
    const std::filesystem::path folder(word(where));
    std::filesystem::create_directories(folder);
    auto place = OpenPlace(folder, word(where + 1), word(where + 2));
    if (!place) {
        return Unexpected(place.error());
    }
    const int number = std::stoi(word(1));
    if (fills) {
        return Fill(*place, number, std::stoi(word(2)));
    }
    if (word(0) == "claims") {
        return Claims(*place, number);
    }
    return word(0) == "latency" ? Latency(*place, number, BenchServer(word(3), word(4)), folder)
                                : Work(*place, number, folder);
}

}  // namespace

}  // namespace notify

int main(int argc, char** argv) {
    const auto ran = notify::Run({argv + 1, argv + argc});
    if (!ran) {
        std::cerr << ran.error().message << '\n';
    }
    return ran ? 0 : 1;
}
