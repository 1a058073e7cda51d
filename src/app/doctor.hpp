#pragma once

// `notifications-api doctor`: what to fix on this machine, a sentence each.

#include <string>
#include <vector>

#include "app/settings.hpp"

namespace notify {

struct Finding {
    bool good = false;
    std::string what;      ///< "database".
    std::string sentence;  ///< What is so; when it is not good, what to do about it.
};

/// Looks at settings, data folder, database, key file, child program, models, sandbox, buckets. Never shows a
/// secret. Opens the database only when no service holds it.
[[nodiscard]] std::vector<Finding> Examine(const Settings& settings);

}  // namespace notify
