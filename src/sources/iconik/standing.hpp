#pragma once

// Writes the `status` publication of an item to its asset: a CUSTOM job for each process, a row of history
// when all has ended, the status field.

#include <stop_token>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "sources/iconik/client.hpp"
#include "sources/iconik/writing.hpp"

namespace notify::iconik {

/// Whose status it is.
struct StandingOf {
    std::string asset;
    bool only_ends =
        false;  ///< Jobs that are open are ended when their processes have; nothing else is written.
};

/// Writes only what differs from what is there. kUnsupported (status_refused): Iconik does not let the field
/// be set; jobs and history are written all the same.
[[nodiscard]] Result<void> WriteStanding(
    Client& client,
    const Writing& writing,
    const StandingOf& of,
    std::string_view standing,
    const std::stop_token& stop
);

/// What the asset's field says of an item's status: REQUESTED, IN_PROGRESS, DONE, FAILED, "N/A".
[[nodiscard]] std::string_view FieldValueOf(std::string_view status) noexcept;

}  // namespace notify::iconik
