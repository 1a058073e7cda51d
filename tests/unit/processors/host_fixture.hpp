#pragma once

// Runs jobs in real children: the processor itself, or one that misbehaves on purpose.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/byte_source.hpp"
#include "core/file.hpp"
#include "processors/host/host.hpp"

namespace notify::testing {

/// A folder that goes with the test.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "processors.XXXXXX").string();
        if (::mkdtemp(name.data()) != nullptr) {
            path_ = name;
        }
    }

    ~Folder() { std::filesystem::remove_all(path_); }

    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    [[nodiscard]] std::filesystem::path Write(const std::string& name, std::string_view bytes) const {
        std::ofstream(path_ / name, std::ios::binary) << bytes;
        return path_ / name;
    }

    [[nodiscard]] const std::filesystem::path& Path() const { return path_; }

private:
    std::filesystem::path path_;
};

/// Bytes in memory, read as a store's would be; fails from `fails_at` on when that is set.
class MemorySource final : public ByteSource {
public:
    explicit MemorySource(std::string bytes) : bytes_(std::move(bytes)) {}

    MemorySource(std::string bytes, std::uint64_t fails_at, Error error)
        : bytes_(std::move(bytes)), fails_at_(fails_at), error_(std::move(error)) {}

    [[nodiscard]] std::uint64_t Size() const override { return bytes_.size(); }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t offset, std::span<std::byte> into) override {
        if (offset + into.size() > fails_at_) {
            return Unexpected(error_);
        }
        const auto part =
            std::string_view(bytes_).substr(std::min<std::size_t>(offset, bytes_.size()), into.size());
        std::ranges::copy(std::as_bytes(std::span(part)), into.begin());
        return part.size();
    }

private:
    std::string bytes_;
    std::uint64_t fails_at_ = ~std::uint64_t{0};
    Error error_;
};

inline std::string Noise(std::size_t size) {
    std::string bytes(size, '\0');
    std::uint32_t state = 12345;
    for (auto& byte : bytes) {
        state = state * 1664525U + 1013904223U;
        byte = static_cast<char>(state >> 24U);
    }
    return bytes;
}

inline HostSettings SettingsFor(const std::filesystem::path& program) {
    HostSettings settings{.program = program, .model_folder = NOTIFY_MODEL_FOLDER, .library_folder = {}};
    settings.limits.silence = std::chrono::seconds(20);
    return settings;
}

inline JobProcess Process(std::string id, std::string processor, std::string config = "{}") {
    return {.id = ProcessId(std::move(id)), .processor = std::move(processor), .config = std::move(config)};
}

inline Job JobOfFile(const std::filesystem::path& path, std::vector<JobProcess> processes) {
    Job job;
    job.name = path.filename().string();
    job.descriptor = UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    job.size_bytes = std::filesystem::file_size(path);
    job.processes = std::move(processes);
    return job;
}

inline Job JobOfBytes(std::string bytes, std::vector<JobProcess> processes) {
    Job job;
    job.name = "bytes";
    job.size_bytes = bytes.size();
    job.reader = std::make_unique<MemorySource>(std::move(bytes));
    job.processes = std::move(processes);
    return job;
}

/// Everything an observer is told.
struct Seen {
    std::map<std::string, JobOutcome> outcomes;
    std::vector<std::string> order;  ///< Ids as they ended.
    int progress = 0;
    Result<void> ran;

    [[nodiscard]] const JobOutcome& operator[](const std::string& id) const { return outcomes.at(id); }
};

/// Runs the job; an outcome that comes twice fails the test by its order.
inline Seen RunJobIn(ProcessorHost& host, Job job, const std::stop_token& stop = {}) {
    Seen seen;
    const JobObserver observer{
        .progress = [&](const ProcessId&, double) { ++seen.progress; },
        .outcome =
            [&](JobOutcome outcome) {
                seen.order.push_back(outcome.id.Value());
                seen.outcomes.insert_or_assign(outcome.id.Value(), std::move(outcome));
            },
    };
    seen.ran = host.Run(std::move(job), observer, stop);
    return seen;
}

/// How many descriptors this process has open.
inline std::size_t OpenDescriptors() {
    const std::filesystem::directory_iterator folder("/proc/self/fd");
    return static_cast<std::size_t>(std::distance(folder, std::filesystem::directory_iterator{}));
}

/// What /proc says of a process after its name: "R 1 …"; empty when there is none.
inline std::string StatOf(pid_t pid) {
    std::ifstream stat("/proc/" + std::to_string(pid) + "/stat");
    std::string text;
    std::getline(stat, text, '\0');  // a stream that throws nothing when the process ends meanwhile
    const auto after_name = text.rfind(')');
    return after_name == std::string::npos ? std::string() : text.substr(after_name + 2);
}

/// False also for one that has ended and was not waited for.
inline bool IsRunning(pid_t pid) {
    const auto stat = StatOf(pid);
    return !stat.empty() && stat.front() != 'Z';
}

/// Processes whose parent is `pid`.
inline std::vector<pid_t> ChildrenOf(pid_t pid) {
    std::vector<pid_t> children;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
        const auto name = entry.path().filename().string();
        if (name.find_first_not_of("0123456789") != std::string::npos) {
            continue;
        }
        const pid_t candidate = std::atoi(name.c_str());
        const auto stat = StatOf(candidate);
        if (stat.size() > 2 && std::atoi(stat.c_str() + 2) == pid) {
            children.push_back(candidate);
        }
    }
    return children;
}

}  // namespace notify::testing
