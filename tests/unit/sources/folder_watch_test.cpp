#include "sources/local/folder_watch.hpp"

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include "unit/sources/local_folder.hpp"

namespace notify::testing {
namespace {

constexpr auto kLong = std::chrono::seconds(20);  // only a broken watch waits so long

class Watching : public LocalFolder {
protected:
    void Watch() {
        watch_ = source_.Watch(bucket_, [this](std::string_view note) {
            std::unique_lock lock(mutex_);
            ++calls_;
            notes_.emplace_back(note);
            changes_.notify_all();
            changes_.wait(lock, [this] { return !held_; });
        });
        ASSERT_NE(watch_, nullptr);
        AwaitCall();  // the watch is in place
    }

    /// Waits until `changed` was called since the last time.
    void AwaitCall() {
        std::unique_lock lock(mutex_);
        ASSERT_TRUE(changes_.wait_for(lock, kLong, [this] { return calls_ > seen_; }));
        seen_ = calls_;
    }

    [[nodiscard]] bool Told(std::string_view words) {
        std::unique_lock lock(mutex_);
        return changes_.wait_for(lock, kLong, [&] {
            return std::ranges::any_of(notes_, [&](const std::string& note) {
                return note.find(words) != std::string::npos;
            });
        });
    }

    void Hold(bool held) {
        const std::scoped_lock lock(mutex_);
        held_ = held;
        changes_.notify_all();
    }

    std::mutex mutex_;
    std::condition_variable changes_;
    int calls_ = 0;
    int seen_ = 0;
    bool held_ = false;
    std::vector<std::string> notes_;
    std::unique_ptr<BucketWatch> watch_;
};

TEST_F(Watching, TellsOfANewFileAndOfOneThatGrew) {
    Watch();
    Write("a.mp4");
    AwaitCall();
    Append("a.mp4", "more");
    AwaitCall();
}

TEST_F(Watching, TellsOfAFileMovedIn) {
    Watch();
    std::ofstream(base_ / "ready.mp4") << "media";
    std::filesystem::rename(base_ / "ready.mp4", folder_ / "ready.mp4");
    AwaitCall();
}

TEST_F(Watching, TellsOfFilesInFoldersMadeLater) {
    Watch();
    std::filesystem::create_directories(folder_ / "new" / "deep");
    AwaitCall();
    // the folders' own notices may come one by one: write until one write alone is told
    for (int i = 0; i < 3; ++i) {
        Write("new/deep/a.mp4", std::to_string(i));
        AwaitCall();
    }
}

TEST_F(Watching, GoesOnWhenTheFolderWentAwayAndCameBack) {
    Watch();
    std::filesystem::remove_all(folder_);
    std::filesystem::create_directories(folder_);
    AwaitCall();
    Write("a.mp4");
    AwaitCall();
}

TEST_F(Watching, GoesOverToTheFolderThatTookTheOnesPlace) {
    Watch();
    std::filesystem::rename(folder_, base_ / "moved away");
    std::filesystem::create_directories(folder_);
    AwaitCall();
    // the notice of the move may come before that of the new watch: write until a write alone is told
    for (int i = 0; i < 3; ++i) {
        Write("a.mp4", std::to_string(i));
        AwaitCall();
    }
    std::ofstream(base_ / "moved away" / "b.mp4") << "elsewhere";
    std::unique_lock lock(mutex_);
    EXPECT_FALSE(changes_.wait_for(lock, std::chrono::milliseconds(300), [this] {
        return calls_ > seen_ + 2;
    }));
}

/// Runs `test` in a process whose user may have `watches` inotify watches; its exit code, or nothing when
/// this machine does not let us.
std::optional<int> WithWatchLimit(int watches, const std::function<int()>& test) {
    constexpr int kNotPossible = 99;
    const auto child = ::fork();
    if (child == 0) {
        int code = kNotPossible;
        if (::unshare(CLONE_NEWUSER) == 0) {
            std::ofstream limit("/proc/sys/user/max_inotify_watches");
            if (limit << watches << std::flush) {
                code = test();
            }
        }
        std::_Exit(code);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    const int code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    return code == kNotPossible ? std::nullopt : std::optional(code);
}

TEST_F(Watching, SaysThatItIsPartialOrNoneAtTheLimitOfWatches) {
    std::filesystem::create_directories(folder_ / "one");
    std::filesystem::create_directories(folder_ / "two");
    for (const int limit : {0, 2}) {
        const auto code = WithWatchLimit(limit, [&] {
            watch_ = source_.Watch(bucket_, [this](std::string_view note) {
                const std::scoped_lock lock(mutex_);
                notes_.emplace_back(note);
                changes_.notify_all();
            });
            return Told("max_user_watches") ? 0 : 1;
        });
        if (!code) {
            GTEST_SKIP() << "this machine has no user namespaces for us";
        }
        EXPECT_EQ(code, 0) << limit << " watches";
    }
}

TEST_F(Watching, SaysThatNoticesWereDroppedWhenTooMuchHappensAtOnce) {
    std::size_t limit = 0;
    std::ifstream("/proc/sys/fs/inotify/max_queued_events") >> limit;
    if (limit == 0 || limit > 200'000) {
        GTEST_SKIP() << "this machine queues " << limit << " notices";
    }
    Watch();
    Hold(true);
    Write("first.mp4");
    AwaitCall();  // its thread is now in our callback
    for (std::size_t i = 0; i < limit + 100; ++i) {
        // different names: the kernel joins equal notices
        ::close(
            ::open((folder_ / ("f" + std::to_string(i % 2))).c_str(), O_CREAT | O_WRONLY | O_CLOEXEC, 0644)
        );
    }
    Hold(false);
    EXPECT_TRUE(Told("dropped"));
}

TEST_F(Watching, EndsWhenDestroyed) {
    Watch();
    watch_.reset();
    Write("a.mp4");
    const std::scoped_lock lock(mutex_);
    EXPECT_EQ(calls_, seen_);
}

}  // namespace
}  // namespace notify::testing
