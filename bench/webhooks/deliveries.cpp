// Delivery without the rest of the service: events that the bench appends, and the dispatcher that sends
// them.
//
// bench_deliveries backlog EVENTS ENDPOINTS URL FOLDER [PORT DATABASE]
//     appends so many events, each for one endpoint in turn, then lets the dispatcher send them all
// bench_deliveries paced PER_SECOND SECONDS ENDPOINTS DEAD URL FOLDER [PORT DATABASE]
//     appends events at that pace, each for one endpoint in turn, while the dispatcher runs; the last DEAD of
//     the endpoints are at URL/dead, the others at URL/e00 and so on
//
// Each prints a flat JSON object. SQLite in FOLDER, or the PostgreSQL database on PORT.

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/http_client.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "delivery/dispatcher.hpp"
#include "delivery/publishing/publisher.hpp"
#include "delivery/webhooks/address_guard.hpp"
#include "delivery/webhooks/endpoints.hpp"
#include "delivery/webhooks/sender.hpp"
#include "domain/event.hpp"
#include "place.hpp"
#include "storage/artifact_store.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/event_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

using std::chrono::steady_clock;

constexpr int kTogether = 100;  // events of one transaction of a backlog

double SecondsSince(steady_clock::time_point start) {
    return std::chrono::duration<double>(steady_clock::now() - start).count();
}

double CpuSeconds() {
    rusage used{};
    ::getrusage(RUSAGE_SELF, &used);
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(used.ru_utime) + seconds(used.ru_stime);
}

Result<SourceConnection*> NoStore(std::string_view /*kind*/) {
    return Fail(ErrorCode::kNotFound, "the bench publishes nothing");
}

/// What sends, put together as the engine does.
struct Delivering {
    Delivering(Place& place, AddressGuard allowed)
        : guard(std::move(allowed)),
          sender(
              {.storage = *place.storage,
               .box = *place.box,
               .client = client,
               .guard = guard,
               .clock = *place.clock}
          ),
          artifacts(*place.storage, *place.box, std::filesystem::temp_directory_path()),  // it reads none
          publisher(*place.storage, artifacts, *place.clock, NoStore),
          dispatcher(*place.storage, *place.clock, sender, publisher, {.node = place.node}) {}

    AddressGuard guard;
    HttpClient client{{.keep_connections = true}};
    WebhookSender sender;
    ArtifactStore artifacts;
    ResultPublisher publisher;
    Dispatcher dispatcher;
};

std::string TypeOf(int endpoint) {
    return fmt::format("bench.e{:02}", endpoint);
}

Event EventFor(int endpoint, Timestamp now) {
    const auto micros = std::chrono::duration_cast<std::chrono::microseconds>(
        std::chrono::system_clock::now().time_since_epoch()
    );
    return {
        .id = EventId(MakeId("msg")),
        .type = TypeOf(endpoint),
        .subject = "itm_bench",
        .dedup_key = {},
        .at = now,
        .data = fmt::format(
            R"({{"item":"itm_bench","bucket":"bkt_bench","key":"news/2026/000001.mxf","status":"Completed","sent_us":{}}})",
            micros.count()
        )
    };
}

Result<void> AddEndpoints(
    Place& place, const AddressGuard& guard, const std::string& url, int count, int dead
) {
    Endpoints endpoints(*place.storage, *place.box, guard, *place.clock);
    for (int i = 0; i < count; ++i) {
        const auto path = i >= count - dead ? std::string("dead") : fmt::format("e{:02}", i);
        const auto made = endpoints.Create(
            {.url = fmt::format("{}/{}", url, path), .description = {}, .types = {TypeOf(i)}}, "bench"
        );
        if (!made) {
            return Unexpected(made.error());
        }
    }
    return {};
}

Result<std::int64_t> CountOf(Storage& storage, Status status) {
    return storage.Read([&](const Snapshot& snapshot) -> Result<std::int64_t> {
        const auto counts = snapshot.deliveries.Count();
        if (!counts) {
            return Unexpected(counts.error());
        }
        std::int64_t count = 0;
        for (const auto& each : *counts) {
            count += each.status == status ? each.count : 0;
        }
        return count;
    });
}

Result<void> Backlog(Place& place, const AddressGuard& guard, const std::string& url, int events, int count) {
    if (auto added = AddEndpoints(place, guard, url, count, 0); !added) {
        return added;
    }
    for (int done = 0; done < events; done += kTogether) {
        std::vector<Event> some;
        for (int i = 0; i < kTogether; ++i) {
            some.push_back(EventFor((done + i) % count, place.clock->Now()));
        }
        const auto appended = place.storage->Write([&](Transaction& transaction) {
            return transaction.events.AppendAll(some);
        });
        if (!appended) {
            return appended;
        }
    }
    Delivering delivering(place, guard);
    const auto cpu = CpuSeconds();
    const auto start = steady_clock::now();
    delivering.dispatcher.Start();
    Result<std::int64_t> completed = 0;
    while (completed && *completed < events && SecondsSince(start) < 300) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
        completed = CountOf(*place.storage, Status::kCompleted);
    }
    const auto seconds = SecondsSince(start);
    if (!completed) {
        return Unexpected(completed.error());
    }
    fmt::print(
        "{{\"completed\":{},\"seconds\":{:.3f},\"per_s\":{:.1f},\"cpu_us\":{:.1f}}}\n",
        *completed,
        seconds,
        static_cast<double>(*completed) / seconds,
        (CpuSeconds() - cpu) * 1e6 / events
    );
    return {};
}

struct Pace {
    int per_second = 0;
    int seconds = 0;
    int endpoints = 0;
    int dead = 0;
};

Result<void> Paced(Place& place, const AddressGuard& guard, const std::string& url, const Pace& pace) {
    if (auto added = AddEndpoints(place, guard, url, pace.endpoints, pace.dead); !added) {
        return added;
    }
    Delivering delivering(place, guard);
    delivering.dispatcher.Start();
    const auto start = steady_clock::now();
    const int events = pace.per_second * pace.seconds;
    for (int i = 0; i < events; ++i) {
        std::this_thread::sleep_until(
            start + std::chrono::microseconds(std::int64_t{1'000'000} * i / pace.per_second)
        );
        const auto event = EventFor(i % pace.endpoints, place.clock->Now());
        const auto appended =
            place.storage->Write([&](Transaction& transaction) { return transaction.events.Append(event); });
        if (!appended) {
            return Unexpected(appended.error());
        }
        delivering.dispatcher.Nudge();
    }
    const auto seconds = SecondsSince(start);
    std::this_thread::sleep_for(std::chrono::seconds(1));
    const auto completed = CountOf(*place.storage, Status::kCompleted);
    if (!completed) {
        return Unexpected(completed.error());
    }
    fmt::print("{{\"appended\":{},\"seconds\":{:.3f},\"completed\":{}}}\n", events, seconds, *completed);
    return {};
}

Result<void> Run(std::span<const std::string> words) {
    const auto guard = AddressGuard::WithAllowed({"127.0.0.1/32"});
    if (!guard) {
        return Unexpected(guard.error());
    }
    const bool paced = words[0] == "paced";
    const std::size_t url = paced ? 5 : 3;
    const auto place_words = words.subspan(url + 1);
    auto place = OpenPlace(
        place_words[0],
        place_words.size() > 2 ? place_words[1] : "",
        place_words.size() > 2 ? place_words[2] : ""
    );
    if (!place) {
        return Unexpected(place.error());
    }
    const auto number = [&](std::size_t at) { return std::stoi(words[at]); };
    return paced ? Paced(
                       *place,
                       *guard,
                       words[url],
                       {.per_second = number(1),
                        .seconds = number(2),
                        .endpoints = number(3),
                        .dead = number(4)}
                   )
                 : Backlog(*place, *guard, words[url], number(1), number(2));
}

}  // namespace

}  // namespace notify

int main(int argc, char** argv) {
    const std::vector<std::string> words(argv + 1, argv + argc);
    const bool paced = !words.empty() && words[0] == "paced";
    if (words.empty() || (paced ? words.size() < 7 : words[0] != "backlog" || words.size() < 5)) {
        std::cerr << "usage: as the head of deliveries.cpp says\n";
        return 2;
    }
    const auto done = notify::Run(words);
    if (!done) {
        std::cerr << done.error().message << '\n';
        return 1;
    }
    return 0;
}
