// Reads an object from its beginning to its end as a processor does, and prints its figures as JSON.
//
// usage: bench_s3_read ENDPOINT BUCKET KEY

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include <fmt/format.h>
#include <sys/resource.h>

#include "core/clock.hpp"
#include "core/http_client.hpp"
#include "sources/objects/object_reader.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/endpoint.hpp"
#include "sources/s3/sigv4.hpp"

namespace {

double CpuSeconds(const rusage& usage) {
    const auto seconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
    };
    return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

}  // namespace

int main(int argc, char** argv) {
    using namespace notify;
    if (argc != 4) {
        fmt::print(stderr, "usage: bench_s3_read ENDPOINT BUCKET KEY\n");
        return 2;
    }
    const SystemClock clock;
    const auto endpoint = s3::Endpoint::Parse(argv[1]);
    if (!endpoint) {
        fmt::print(stderr, "{}\n", endpoint.error().message);
        return 2;
    }
    s3::Client client(
        {.endpoint = *endpoint},
        [](const s3::Credentials*) {
            return s3::Credentials{.access_key = "AKBENCH", .secret_key = "secret"};
        },
        clock
    );
    const auto begin = std::chrono::steady_clock::now();
    const auto info = client.Head(argv[2], argv[3], {});
    if (!info) {
        fmt::print(stderr, "{}\n", info.error().message);
        return 1;
    }
    objects::ObjectReader reader(s3::RangesOf(client, argv[2], argv[3], *info), info->size_bytes, {});
    std::vector<std::byte> buffer(1U << 20U);
    std::uint64_t at = 0;
    while (at < info->size_bytes) {
        const auto got = reader.ReadAt(at, buffer);
        if (!got || *got == 0) {
            fmt::print(stderr, "{}\n", got ? "the object ended early" : got.error().message);
            return 1;
        }
        at += *got;
    }
    const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begin;
    rusage usage{};
    ::getrusage(RUSAGE_SELF, &usage);
    fmt::print(
        R"({{"bytes": {}, "seconds": {:.4f}, "cpu_seconds": {:.4f}, "rss_mib": {:.1f}}})"
        "\n",
        at,
        took.count(),
        CpuSeconds(usage),
        static_cast<double>(usage.ru_maxrss) / 1024
    );
    return 0;
}
