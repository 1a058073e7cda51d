#pragma once

// One line per event on stderr: a constant message, data as keys. Logging never blocks for long and never
// fails its caller. Levels: error = someone must act; warn = will be tried again; info = state changed; debug
// = per request; trace = per frame.

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>

namespace notify {

enum class LogLevel : std::uint8_t { kTrace, kDebug, kInfo, kWarn, kError, kOff };

/// A key and its value as text. Values are quoted when they hold a space; line breaks are escaped.
struct LogField {
    template <class T>
    LogField(std::string_view field, const T& content) : key(field), value(fmt::format("{}", content)) {}

    std::string_view key;
    std::string value;
};

/// Sets the least level that is written; kInfo at start. Thread-safe.
void SetLogLevel(LogLevel level) noexcept;

/// Never pass secrets, request bodies or embeddings. Thread-safe.
void Log(LogLevel level, std::string_view message, std::initializer_list<LogField> fields = {});

/// How many lines could not be written since start (full disk, closed pipe, reader that does not read). The
/// next line that gets through is followed by how many were lost before it.
[[nodiscard]] std::uint64_t DroppedLogLines() noexcept;

}  // namespace notify
