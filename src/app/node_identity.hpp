#pragma once

// Who this service is among those on its database.

#include <filesystem>
#include <string>
#include <string_view>

#include "app/settings.hpp"
#include "core/clock.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "domain/node.hpp"

namespace notify {

/// kInvalidArgument, with the command's name, for other roles than all where the database is SQLite: it is
/// for one node.
[[nodiscard]] Result<void> CheckRoles(const Settings& settings, std::string_view command);

/// A node as it starts: another id at each start.
[[nodiscard]] Node NewNode(const Settings& settings, const Clock& clock);

/// The name of the service that has DATA_DIR, for as long as it has it.
struct HeldName {
    UniqueFd lock;
    std::string name;
};

/// Kept in the file: it is the same after each restart. kConflict: another process has DATA_DIR.
[[nodiscard]] Result<HeldName> HoldNodeName(const std::filesystem::path& path);

}  // namespace notify
