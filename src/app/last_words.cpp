#include "app/last_words.hpp"

#include <cstdlib>
#include <exception>
#include <new>
#include <string_view>

#include <unistd.h>

namespace notify {

namespace {

constexpr int kFailed = 1;
constexpr std::string_view kNoMemory =
    "notifications-api: there is no memory left, so it ends; start it again: what was acknowledged is on the "
    "disk\n";

/// Takes no memory itself.
[[noreturn]] void End() {
    try {
        if (const auto why = std::current_exception()) {
            std::rethrow_exception(why);
        }
    } catch (const std::bad_alloc&) {
        static_cast<void>(write(STDERR_FILENO, kNoMemory.data(), kNoMemory.size()) < 0);
        _exit(kFailed);
    } catch (...) {
        std::abort();
    }
    std::abort();
}

}  // namespace

void SayLastWords() noexcept {
    std::set_terminate(End);
}

}  // namespace notify
