#include "sources/local/folder_watch.hpp"

#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include <poll.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/poll.h>
#include <sys/stat.h>
#include <sys/types.h>
#include <unistd.h>

#include "core/file.hpp"
#include "sources/local/walk.hpp"
#include "sources/source.hpp"

namespace notify {

namespace {

constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB | IN_ONLYDIR | IN_DONT_FOLLOW;

// how often a folder that is not watched is looked at: it may have come back, or watches may be free again
constexpr int kUnwatchedMillis = 2000;

// how often the folder is compared with the one that is watched: a move of a folder above it is not told
constexpr int kCompareMillis = 30'000;

constexpr std::string_view kLimitNote =
    "this machine's limit of watched folders (fs.inotify.max_user_watches) is reached; changes in some "
    "folders are "
    "noticed by the periodic scan only";

struct Identity {
    ::dev_t device = 0;
    ::ino_t inode = 0;

    friend bool operator==(const Identity&, const Identity&) = default;
};

std::optional<Identity> IdentityOf(const std::filesystem::path& folder) {
    struct stat status{};
    return ::stat(folder.c_str(), &status) == 0
               ? std::optional(Identity{.device = status.st_dev, .inode = status.st_ino})
               : std::nullopt;
}

class FolderWatch final : public BucketWatch {
public:
    FolderWatch(
        UniqueFd inotify,
        UniqueFd wake,
        std::filesystem::path folder,
        std::function<void(std::string_view)> changed
    )
        : inotify_(std::move(inotify)),
          wake_(std::move(wake)),
          folder_(std::move(folder)),
          changed_(std::move(changed)),
          thread_([this](const std::stop_token& stop) { Loop(stop); }) {}

private:
    void Loop(const std::stop_token& stop) {
        const std::stop_callback wake(stop, [this] { ::eventfd_write(wake_.Get(), 1); });
        while (!stop.stop_requested()) {
            if (!folders_.empty() && IdentityOf(folder_) != root_) {
                DropAll();
            }
            if (folders_.empty()) {
                Begin();
            }
            std::array<pollfd, 2> ready{{
                {.fd = inotify_.Get(), .events = POLLIN, .revents = 0},
                {.fd = wake_.Get(), .events = POLLIN, .revents = 0},
            }};
            ::poll(ready.data(), ready.size(), folders_.empty() ? kUnwatchedMillis : kCompareMillis);
            if (ready[0].revents != 0) {
                Read();
            }
        }
    }

    /// Watches the whole tree. When there is no watch for the folder itself nothing under it is looked at.
    void Begin() {
        const auto told = std::exchange(note_, {});
        root_ = IdentityOf(folder_);
        if (Add(folder_)) {
            AddTree(folder_);
        }
        if (!folders_.empty() || note_ != told) {
            changed_(note_);  // also for what happened before the watch was there
        }
    }

    bool Add(const std::filesystem::path& folder) {
        const auto events = folder == folder_ ? kEvents | IN_MOVE_SELF : kEvents;
        const int watch = ::inotify_add_watch(inotify_.Get(), folder.c_str(), events);
        if (watch >= 0) {
            folders_[watch] = folder;
        } else if (errno == ENOSPC) {
            note_ = kLimitNote;
        }
        return watch >= 0;
    }

    void AddTree(const std::filesystem::path& folder) {
        const int missed = EachFolder(folder, [this](const std::filesystem::path& each) { Add(each); });
        if (missed > 0 && note_.empty()) {
            note_ = "some folders cannot be read and are not watched; the periodic scan says which";
        }
    }

    void DropAll() {
        for (const auto& [watch, folder] : std::exchange(folders_, {})) {
            ::inotify_rm_watch(inotify_.Get(), watch);
        }
    }

    void Read() {
        alignas(inotify_event) std::array<char, 16384> buffer{};
        const auto got = ::read(inotify_.Get(), buffer.data(), buffer.size());
        bool dropped = false;
        for (std::size_t at = 0; std::cmp_less(at, got);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof(event));
            const char* name = buffer.data() + at + sizeof(event);
            dropped = dropped || (event.mask & IN_Q_OVERFLOW) != 0;
            Note(event, std::string(name, ::strnlen(name, event.len)));
            at += sizeof(event) + event.len;
        }
        if (dropped) {
            AddTree(folder_);  // a new folder may have been among what was dropped
            changed_(
                "so much changed at once that the system dropped notices; the whole folder is scanned instead"
            );
        } else {
            changed_(note_);
        }
    }

    void Note(const inotify_event& event, const std::string& name) {
        if ((event.mask & IN_IGNORED) != 0) {
            folders_.erase(event.wd);
        } else if ((event.mask & IN_ISDIR) != 0 && !name.empty() && folders_.contains(event.wd)) {
            AddTree(folders_[event.wd] / name);
        }
    }

    UniqueFd inotify_;
    UniqueFd wake_;
    std::filesystem::path folder_;
    std::function<void(std::string_view)> changed_;
    std::map<int, std::filesystem::path> folders_;
    std::optional<Identity> root_;  ///< Of the folder when it was watched.
    std::string note_;              ///< Why watching is not complete, or "".
    std::jthread thread_;
};

}  // namespace

std::unique_ptr<BucketWatch> WatchFolder(
    const std::filesystem::path& folder, std::function<void(std::string_view)> changed
) {
    UniqueFd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    UniqueFd wake(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!inotify.IsOpen() || !wake.IsOpen()) {
        changed(
            "this machine gives no more folder watches (fs.inotify.max_user_instances); changes are noticed "
            "by the "
            "periodic scan only"
        );
        return nullptr;
    }
    return std::make_unique<FolderWatch>(std::move(inotify), std::move(wake), folder, std::move(changed));
}

}  // namespace notify
