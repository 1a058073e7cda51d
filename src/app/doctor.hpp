#pragma once

// `notifications-api doctor`: what to fix on this machine, a sentence each.

#include <string>
#include <vector>

#include "app/settings.hpp"
#include "core/result.hpp"

namespace notify {

struct Finding {
    bool good = false;
    std::string what;      ///< "database".
    std::string sentence;  ///< What is so; when it is not good, what to do about it.
};

/// Looks at settings (or why there are none), data folder, key files, the certificate of TLS, child program,
/// models, sandbox, port, database, keys, buckets and webhook endpoints. A running service is asked what only
/// it can tell; without one the database is opened here, never made. Never shows a secret.
[[nodiscard]] std::vector<Finding> Examine(const Result<Settings>& read);

}  // namespace notify
