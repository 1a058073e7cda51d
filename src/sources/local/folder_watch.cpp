#include "sources/local/folder_watch.hpp"

#include <array>
#include <cerrno>
#include <cstring>
#include <map>
#include <stop_token>
#include <thread>
#include <utility>

#include <fmt/format.h>
#include <poll.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "sources/local/walk.hpp"

namespace notify {

namespace {

constexpr std::uint32_t kEvents =
    IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_ATTRIB | IN_ONLYDIR | IN_DONT_FOLLOW;

class FolderWatch final : public BucketWatch {
public:
    FolderWatch(UniqueFd inotify, std::filesystem::path folder, std::function<void(std::string_view)> changed)
        : inotify_(std::move(inotify)),
          folder_(std::move(folder)),
          changed_(std::move(changed)),
          thread_([this](const std::stop_token& stop) { Loop(stop); }) {}

private:
    void Loop(const std::stop_token& stop) {
        AddTree(folder_);
        while (!stop.stop_requested()) {
            pollfd ready{.fd = inotify_.Get(), .events = POLLIN, .revents = 0};
            if (::poll(&ready, 1, 100) == 1) {
                Read();
            }
        }
    }

    void AddTree(const std::filesystem::path& folder) {
        EachFolder(folder, [this](const std::filesystem::path& each) {
            const int watch = ::inotify_add_watch(inotify_.Get(), each.c_str(), kEvents);
            if (watch >= 0) {
                folders_[watch] = each;
            } else if (errno == ENOSPC && !std::exchange(limit_told_, true)) {
                changed_(
                    fmt::format(
                        "this machine's limit of watched folders is reached at {}; deeper changes are "
                        "noticed by the scan only",
                        each.native()
                    )
                );
            }
        });
    }

    void Read() {
        alignas(inotify_event) std::array<char, 16384> buffer{};
        const auto got = ::read(inotify_.Get(), buffer.data(), buffer.size());
        for (std::size_t at = 0; got > 0 && at < static_cast<std::size_t>(got);) {
            inotify_event event{};
            std::memcpy(&event, buffer.data() + at, sizeof(event));
            const std::string name(
                buffer.data() + at + sizeof(event), ::strnlen(buffer.data() + at + sizeof(event), event.len)
            );
            at += sizeof(event) + event.len;
            if ((event.mask & IN_Q_OVERFLOW) != 0) {
                changed_(
                    "so much changed at once that the system dropped notices; the whole folder is scanned"
                );
            } else if ((event.mask & IN_ISDIR) != 0 && folders_.contains(event.wd)) {
                AddTree(folders_[event.wd] / name);
            } else if ((event.mask & IN_IGNORED) != 0) {
                folders_.erase(event.wd);
            }
        }
        changed_("");
    }

    UniqueFd inotify_;
    std::filesystem::path folder_;
    std::function<void(std::string_view)> changed_;
    std::map<int, std::filesystem::path> folders_;
    bool limit_told_ = false;
    std::jthread thread_;
};

}  // namespace

std::unique_ptr<BucketWatch> WatchFolder(
    const std::filesystem::path& folder, std::function<void(std::string_view)> changed
) {
    UniqueFd inotify(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK));
    if (!inotify.IsOpen()) {
        return nullptr;
    }
    return std::make_unique<FolderWatch>(std::move(inotify), folder, std::move(changed));
}

}  // namespace notify
