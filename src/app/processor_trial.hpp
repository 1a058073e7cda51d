#pragma once

// Tries the processors' program once, before the first item needs it.

#include <stop_token>
#include <string>

#include "app/engine.hpp"

namespace notify {

/// Runs a processor on no bytes at all and looks at how far the child is shut in. "" when it works and is
/// shut in fully, or on `stop`; else a sentence that says what to do. Blocks for as long as a child takes to
/// start.
[[nodiscard]] std::string TryProcessors(Engine& engine, const std::stop_token& stop);

}  // namespace notify
