#include "core/log.hpp"

#include <array>
#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <poll.h>
#include <sys/poll.h>
#include <unistd.h>

#include "core/clock.hpp"

namespace notify {

namespace {

std::atomic<LogLevel> least_level{LogLevel::kInfo};
std::atomic<std::uint64_t> dropped_lines{0};
std::atomic<std::uint64_t> lost_untold{0};  // of the dropped ones, since a line last got through

constexpr std::array<std::string_view, 6> kNames{"trace", "debug", "info", "warn", "error", "off"};

void AppendValue(std::string& line, std::string_view value) {
    const bool plain = !value.empty() && value.find_first_of(" \"=\n\r\t\\") == std::string_view::npos;
    if (plain) {
        line += value;
        return;
    }
    line += '"';
    for (const char c : value) {
        if (c == '"' || c == '\\') {
            line += '\\';
            line += c;
        } else if (static_cast<unsigned char>(c) < 0x20) {
            line += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
        } else {
            line += c;
        }
    }
    line += '"';
}

/// One write(2) per line: lines up to PIPE_BUF stay whole when processes share a pipe. A reader that
/// does not read for 100 ms loses the line; the service goes on.
bool WriteLine(std::string_view line) {
    pollfd ready{.fd = STDERR_FILENO, .events = POLLOUT, .revents = 0};
    return ::poll(&ready, 1, 100) == 1 && ::write(STDERR_FILENO, line.data(), line.size()) >= 0;
}

std::string StartOfLine(LogLevel level, std::string_view message) {
    return fmt::format(
        "{} {:<5} {}", ToRfc3339(SystemClock().Now()), kNames.at(static_cast<std::size_t>(level)), message
    );
}

}  // namespace

void SetLogLevel(LogLevel level) noexcept {
    least_level.store(level, std::memory_order_relaxed);
}

std::uint64_t DroppedLogLines() noexcept {
    return dropped_lines.load(std::memory_order_relaxed);
}

void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields) {
    if (level < least_level.load(std::memory_order_relaxed)) {
        return;
    }
    auto line = StartOfLine(level, message);
    for (const auto& field : fields) {
        line += ' ';
        line += field.key;
        line += '=';
        AppendValue(line, field.value);
    }
    line += '\n';
    if (!WriteLine(line)) {
        dropped_lines.fetch_add(1, std::memory_order_relaxed);
        lost_untold.fetch_add(1, std::memory_order_relaxed);
    } else if (const auto lost = lost_untold.exchange(0, std::memory_order_relaxed); lost > 0) {
        WriteLine(fmt::format("{} count={}\n", StartOfLine(LogLevel::kWarn, "log lines were lost"), lost));
    }
}

}  // namespace notify
