#pragma once

// A folder of a test's own, gone with it.

#include <cstddef>
#include <filesystem>
#include <iterator>
#include <system_error>

#include "core/base64.hpp"
#include "core/random.hpp"

namespace notify::testing {

class TemporaryFolder final {
public:
    TemporaryFolder() : path_(std::filesystem::temp_directory_path() / ("notify-" + ToHex(RandomBytes(8)))) {
        std::filesystem::create_directories(path_);
    }

    ~TemporaryFolder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }

    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    [[nodiscard]] const std::filesystem::path& Path() const noexcept { return path_; }

    /// How many files and folders are in it.
    [[nodiscard]] std::ptrdiff_t Count() const {
        return std::distance(
            std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()
        );
    }

private:
    std::filesystem::path path_;
};

}  // namespace notify::testing
