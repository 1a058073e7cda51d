#include "core/failpoint.hpp"

#include <string_view>

#include <signal.h>

#ifdef NOTIFY_FAILPOINTS

#include <atomic>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <string>

#include <unistd.h>

namespace notify {

namespace {

struct Wanted {
    std::string name;
    int times = 1;
};

Wanted ReadWanted() {
    const char* text = std::getenv(  // NOLINT(concurrency-mt-unsafe): the environment is only read
        "NOTIFICATIONS_FAILPOINT");
    Wanted wanted{.name = text == nullptr ? "" : text};
    const auto colon = wanted.name.find(':');
    if (colon != std::string::npos) {
        const auto digits = std::string_view(wanted.name).substr(colon + 1);
        std::from_chars(digits.data(), digits.data() + digits.size(), wanted.times);
        wanted.name.resize(colon);
    }
    return wanted;
}

}  // namespace

void FailPoint(std::string_view name) {
    static const Wanted wanted = ReadWanted();
    static std::atomic<int> passed = 0;
    if (!wanted.name.empty() && name == wanted.name && ++passed == wanted.times) {
        ::kill(::getpid(), SIGKILL);
    }
}

}  // namespace notify

#endif
