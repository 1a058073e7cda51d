#pragma once

// Commands for the state as a whole: migrate, backup, restore. They work on DATA_DIR and the database
// themselves.

#include <functional>

#include <CLI/App.hpp>

#include "app/commands/command_line.hpp"
#include "app/settings.hpp"

namespace notify {

/// `choose` is called with what the chosen command does; `settings`, which are read before it is run, and
/// `json` outlive it.
void AddStateCommands(
    CLI::App& app, const Settings& settings, const bool& json, const std::function<void(Run)>& choose
);

}  // namespace notify
