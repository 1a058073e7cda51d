#include "app/commands/crop_files.hpp"

#include <filesystem>
#include <string>
#include <system_error>

#include "app/commands/command_line.hpp"
#include "core/file.hpp"
#include "core/result.hpp"

namespace notify {

Result<std::filesystem::path> WriteCrop(
    CommandLine& line, const std::string& target, const std::string& name
) {
    const auto bytes = line.Fetch("GET", target);
    if (!bytes) {
        return Unexpected(bytes.error().Within("a crop"));
    }
    const std::filesystem::path folder(line.words.folder);
    std::error_code told_by_the_write;
    std::filesystem::create_directories(folder, told_by_the_write);
    auto path = folder / (name + ".jpg");
    if (auto written = WriteFileAtomically(path, *bytes, 0600); !written) {
        return Unexpected(written.error());
    }
    return path;
}

}  // namespace notify
