#pragma once

// Media made at test time with the ffmpeg command, in a folder that goes with the test.

#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/file_byte_source.hpp"

namespace notify::testing {

/// A folder of its own for each test, removed with it.
class MediaFolder {
public:
    MediaFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "media.XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) {
            throw std::runtime_error("no temporary folder");
        }
        path_ = name;
    }

    ~MediaFolder() { std::filesystem::remove_all(path_); }

    MediaFolder(const MediaFolder&) = delete;
    MediaFolder& operator=(const MediaFolder&) = delete;

    [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

    /// Runs `ffmpeg ARGUMENTS NAME`; the path of NAME.
    std::filesystem::path Make(const std::string& name, const std::string& arguments) const {
        const auto path = path_ / name;
        const auto command = "ffmpeg -v error -nostdin -y " + arguments + " '" + path.string() + "'";
        if (std::system(command.c_str()) != 0) {
            throw std::runtime_error(command);
        }
        return path;
    }

    std::filesystem::path Write(const std::string& name, const std::string& bytes) const {
        std::ofstream(path_ / name, std::ios::binary) << bytes;
        return path_ / name;
    }

private:
    std::filesystem::path path_;
};

inline std::string Bytes(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

inline FileByteSource OpenBytes(const std::filesystem::path& path) {
    return FileByteSource::Make(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC))).value();
}

}  // namespace notify::testing
