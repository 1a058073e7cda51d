#include "sources/local/walk.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <filesystem>
#include <functional>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include <dirent.h>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

constexpr int kMaxDepth = 100;  // each level holds a descriptor

std::int64_t Nanoseconds(const timespec& time) {
    return time.tv_sec * 1'000'000'000LL + time.tv_nsec;
}

/// A name for a sentence: what is no plain ASCII becomes '?'.
std::string Printable(std::string name) {
    std::ranges::replace_if(name, [](char byte) { return byte < ' ' || byte > '~'; }, '?');
    return name;
}

struct CloseFolder {
    void operator()(DIR* folder) const noexcept { ::closedir(folder); }
};

using FolderPtr = std::unique_ptr<DIR, CloseFolder>;

FolderPtr OpenFolder(int parent, const char* name) {
    UniqueFd fd(::openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    FolderPtr folder(fd.IsOpen() ? ::fdopendir(fd.Get()) : nullptr);
    if (folder != nullptr) {
        static_cast<void>(fd.Release());
    }
    return folder;
}

/// The next entry; at the end null with errno 0, else null with what went wrong.
const dirent* NextEntry(DIR* folder) {
    errno = 0;
    return ::readdir(folder);  // NOLINT(concurrency-mt-unsafe): nobody else has this DIR
}

bool IsFolder(DIR* in, const dirent& entry) {
    struct stat status{};
    return entry.d_type == DT_DIR ||
           (entry.d_type == DT_UNKNOWN &&
            ::fstatat(::dirfd(in), entry.d_name, &status, AT_SYMLINK_NOFOLLOW) == 0 &&
            S_ISDIR(status.st_mode));
}

/// The names in a folder, in the order of their keys: eight bytes and its letters for each.
class SortedNames final {
public:
    /// Reads the folder until a stop is requested: 0, or the error number.
    [[nodiscard]] int Read(DIR* folder, const std::stop_token& stop) {
        const dirent* entry = nullptr;
        while (!stop.stop_requested() && (entry = NextEntry(folder)) != nullptr) {
            if (entry->d_name[0] != '.') {
                begins_.push_back(letters_.size());
                // what lies in a folder has a slash after its name: "a.mov" comes before "a/b.mov"
                letters_.append(entry->d_name).append(IsFolder(folder, *entry) ? "/" : "").push_back('\0');
            }
        }
        const int fault = entry == nullptr ? errno : 0;
        std::ranges::sort(begins_, {}, [this](std::size_t begin) { return At(begin); });
        return fault;
    }

    /// That of a folder with a slash at its end.
    template <class Visit>
    [[nodiscard]] Result<void> Each(const Visit& visit) const {
        for (const auto begin : begins_) {
            if (auto visited = visit(std::string(At(begin))); !visited) {
                return visited;
            }
        }
        return {};
    }

private:
    [[nodiscard]] std::string_view At(std::size_t begin) const { return letters_.data() + begin; }

    std::string letters_;  ///< Each name ends with a null.
    std::vector<std::size_t> begins_;
};

/// Visits folders by their paths; a folder that cannot be read or lies too deep is counted and passed over.
class FolderTree {
public:
    explicit FolderTree(const std::function<void(const std::filesystem::path&)>& visit) : visit_(visit) {}

    void Into(int parent, const char* name, const std::filesystem::path& path) {
        const auto folder = depth_ < kMaxDepth ? OpenFolder(parent, name) : nullptr;
        missed_ += folder == nullptr ? 1 : 0;
        if (folder == nullptr) {
            return;
        }
        visit_(path);
        ++depth_;
        while (const auto* entry = NextEntry(folder.get())) {
            if (entry->d_name[0] != '.' && IsFolder(folder.get(), *entry)) {
                Into(::dirfd(folder.get()), entry->d_name, path / entry->d_name);
            }
        }
        missed_ += errno == 0 ? 0 : 1;
        --depth_;
    }

    [[nodiscard]] int Missed() const { return missed_; }

private:
    const std::function<void(const std::filesystem::path&)>& visit_;
    int depth_ = 0;
    int missed_ = 0;
};

/// True when the link's target exists and lies inside the folder.
bool LeadsInside(const std::filesystem::path& root, const std::filesystem::path& link) {
    std::error_code error;
    const auto target = std::filesystem::canonical(link, error);
    const auto inside = error ? std::filesystem::path() : target.lexically_relative(root);
    return !inside.empty() && *inside.begin() != "..";
}

class Walk {
public:
    Walk(
        const std::filesystem::path& root,
        const std::function<Result<void>(WalkedFile)>& found,
        const std::stop_token& stop
    )
        : root_(root), found_(found), stop_(stop) {}

    Result<void> Into(DIR* folder, const std::string& prefix);

    [[nodiscard]] std::string Note() const {
        return closed_folders_ == 0 ? std::string()
                                    : fmt::format(
                                          "{} folder{} cannot be read or lie{} too deep, the first is {}",
                                          closed_folders_,
                                          closed_folders_ == 1 ? "" : "s",
                                          closed_folders_ == 1 ? "s" : "",
                                          Printable(first_closed_)
                                      );
    }

private:
    void Skip(const std::string& key) { first_closed_ = closed_folders_++ == 0 ? key : first_closed_; }

    Result<void> Entry(DIR* folder, const std::string& prefix, const std::string& name, bool is_folder);

    const std::filesystem::path& root_;
    const std::function<Result<void>(WalkedFile)>& found_;
    const std::stop_token& stop_;
    int depth_ = 0;
    int closed_folders_ = 0;
    std::string first_closed_;
};

Result<void> Walk::Into(DIR* folder, const std::string& prefix) {
    SortedNames names;
    const int fault = names.Read(folder, stop_);
    const auto stopped = [this] { return Fail(ErrorCode::kStopped, "stopped while scanning"); };
    if (stop_.stop_requested()) {
        return stopped();  // the names may not be all
    }
    auto walked = names.Each([&](std::string name) -> Result<void> {
        if (stop_.stop_requested()) {
            return stopped();
        }
        const bool is_folder = name.ends_with('/');
        name.resize(name.size() - (is_folder ? 1 : 0));
        return Entry(folder, prefix, name, is_folder);
    });
    if (!walked || fault == 0) {
        return walked;
    }
    if (depth_ == 0) {
        return Unexpected(SystemError(fault, fmt::format("read the folder {}", root_.native())));
    }
    Skip(prefix.substr(0, prefix.size() - 1));
    return {};
}

Result<void> Walk::Entry(DIR* folder, const std::string& prefix, const std::string& name, bool is_folder) {
    struct stat status{};
    if (::fstatat(::dirfd(folder), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0 ||
        S_ISDIR(status.st_mode) != is_folder) {
        return {};  // gone meanwhile, or another thing of that name
    }
    const auto key = prefix + name;
    if (is_folder) {
        const auto inner = depth_ < kMaxDepth ? OpenFolder(::dirfd(folder), name.c_str()) : nullptr;
        if (inner == nullptr) {
            Skip(key);
            return {};
        }
        ++depth_;
        auto walked = Into(inner.get(), key + "/");
        --depth_;
        return walked;
    }
    const bool link = S_ISLNK(status.st_mode);
    if ((!link && !S_ISREG(status.st_mode)) || (link && LeadsInside(root_, root_ / key))) {
        return {};
    }
    return found_({
        .key = key,
        .size_bytes = link ? 0 : static_cast<std::uint64_t>(status.st_size),
        .modified_ns = Nanoseconds(status.st_mtim),
        .changed_ns = Nanoseconds(status.st_ctim),
        .link_outside = link,
        .unreadable = !link && ::faccessat(::dirfd(folder), name.c_str(), R_OK, AT_EACCESS) != 0,
    });
}

}  // namespace

Result<std::string> WalkFolder(
    const std::filesystem::path& folder,
    const std::function<Result<void>(WalkedFile)>& found,
    const std::stop_token& stop
) {
    std::error_code error;
    const auto root = std::filesystem::canonical(folder, error);
    const auto opened = OpenFolder(AT_FDCWD, error ? folder.c_str() : root.c_str());
    if (opened == nullptr) {
        return Unexpected(SystemError(errno, fmt::format("open the folder {}", folder.native())));
    }
    Walk walk(root, found, stop);
    return walk.Into(opened.get(), "").map([&] { return walk.Note(); });
}

int EachFolder(
    const std::filesystem::path& folder, const std::function<void(const std::filesystem::path&)>& visit
) {
    FolderTree tree(visit);
    tree.Into(AT_FDCWD, folder.c_str(), folder);
    return tree.Missed();
}

}  // namespace notify
