#pragma once

// Starts children, all from one thread that lives as long as this object: the kernel's death signal of a
// child follows the thread that started it, not the process.

#include <condition_variable>
#include <deque>
#include <future>
#include <mutex>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include <sys/types.h>

#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

/// Why there is no child: kUnavailable, stage "child", reason kNoChild.
[[nodiscard]] Unexpected ChildFault(std::string_view message);

/// A started process and the parent's ends of its descriptors, all non-blocking and closed on exec.
struct SpawnedChild {
    pid_t pid = -1;        ///< Also its process group.
    UniqueFd control_in;   ///< Its descriptor 0.
    UniqueFd control_out;  ///< Its descriptor 1.
    UniqueFd log;          ///< Its descriptor 2.
    UniqueFd data;         ///< Its descriptor 3.
};

/// What to start. `arguments[0]` is the program's path; the environment is only what is named here.
struct SpawnOrder {
    std::vector<std::string> arguments;
    std::vector<std::string> environment;
};

/// Thread-safe.
class Spawner final {
public:
    Spawner();
    ~Spawner() = default;
    Spawner(const Spawner&) = delete;
    Spawner& operator=(const Spawner&) = delete;

    /// Starts a process with descriptors 0 to 3 and no other, default signals and a process group of its own.
    /// ChildFault when the system cannot.
    [[nodiscard]] Result<SpawnedChild> Spawn(SpawnOrder order);

private:
    using Task = std::packaged_task<Result<SpawnedChild>()>;

    void Work(const std::stop_token& stop);

    std::mutex mutex_;
    std::condition_variable_any arrived_;
    std::deque<Task> tasks_;
    std::jthread thread_;
};

}  // namespace notify
