#pragma once

// Pictures of faces that a command writes where its --folder says.

#include <filesystem>
#include <string>

#include "app/commands/command_line.hpp"
#include "core/result.hpp"

namespace notify {

/// Reads the picture at `target` of the API and writes it as NAME.jpg, for the user's eyes only (0600), into
/// the folder, which is made when it is missing. Its path. A refusal of the API; kForbidden, kStorageFull.
[[nodiscard]] Result<std::filesystem::path> WriteCrop(
    CommandLine& line, const std::string& target, const std::string& name
);

}  // namespace notify
