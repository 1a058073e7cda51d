#include "processors/host/resident.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/file.hpp"

namespace notify {

namespace {

constexpr int kGenerations = 4;

/// The first part of a small file of /proc; these have no size to ask for.
std::string ReadProc(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 4096> buffer{};
    const auto got = fd.IsOpen() ? ::read(fd.Get(), buffer.data(), buffer.size()) : 0;
    return {buffer.data(), got > 0 ? static_cast<std::size_t>(got) : 0};
}

/// Takes the next number off the front; 0 when there is none.
std::uint64_t TakeNumber(std::string_view& text) {
    std::uint64_t number = 0;
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto parsed = std::from_chars(text.data(), text.data() + text.size(), number);
    text.remove_prefix(static_cast<std::size_t>(parsed.ptr - text.data()));
    return number;
}

std::uint64_t OwnBytes(pid_t pid) {
    const auto text = ReadProc(fmt::format("/proc/{}/statm", pid));
    std::string_view rest = text;
    TakeNumber(rest);  // the virtual size
    return TakeNumber(rest) * static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
}

std::uint64_t BytesOf(pid_t pid, int generations);

std::uint64_t ChildrenBytes(pid_t pid, std::string_view thread, int generations) {
    const auto text = ReadProc(fmt::format("/proc/{}/task/{}/children", pid, thread));
    std::string_view rest = text;
    std::uint64_t bytes = 0;
    while (const auto child = TakeNumber(rest)) {
        bytes += BytesOf(static_cast<pid_t>(child), generations);
    }
    return bytes;
}

/// The numbers of its threads, as text.
std::vector<std::string> ThreadsOf(pid_t pid) {
    std::vector<std::string> threads;
    DIR* folder = ::opendir(fmt::format("/proc/{}/task", pid).c_str());
    if (folder == nullptr) {
        return threads;
    }
    // NOLINTNEXTLINE(concurrency-mt-unsafe): nobody else has this DIR
    while (const auto* entry = ::readdir(folder)) {
        if (entry->d_name[0] != '.') {
            threads.emplace_back(entry->d_name);
        }
    }
    ::closedir(folder);
    return threads;
}

std::uint64_t BytesOf(pid_t pid, int generations) {
    auto bytes = OwnBytes(pid);
    if (generations > 0) {
        for (const auto& thread : ThreadsOf(pid)) {
            bytes += ChildrenBytes(pid, thread, generations - 1);
        }
    }
    return bytes;
}

}  // namespace

std::uint64_t ResidentBytesOf(pid_t pid) {
    return BytesOf(pid, kGenerations);
}

bool IsBlockedInKernel(pid_t pid) {
    return std::ranges::any_of(ThreadsOf(pid), [pid](const std::string& thread) {
        const auto text = ReadProc(fmt::format("/proc/{}/task/{}/stat", pid, thread));
        const auto after_name = text.rfind(')');
        return after_name != std::string::npos && text.substr(after_name).starts_with(") D");
    });
}

}  // namespace notify
