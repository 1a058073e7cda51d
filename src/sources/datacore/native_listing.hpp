#pragma once

// All keys of a bucket as Swarm's index knows them, page after page, in memory of one page, and only forward
// whatever the store does.

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "sources/datacore/native_client.hpp"
#include "sources/datacore/native_page.hpp"

namespace notify::datacore {

/// A flat listing in the order of the keys' bytes, to an empty page: a short one is not the end. Guards: keys
/// that were told before, and keys of other prefixes, are left out; keys out of order end it. Used by one
/// thread.
class NativeListing final {
public:
    /// `client` outlives it. Begins behind `start_after`, a key, or at the first. `page_size`: ≥ 2.
    NativeListing(
        NativeClient& client,
        std::string bucket,
        std::string prefix,
        std::string start_after = {},
        int page_size = 1000
    );

    /// The next page; nothing at the end. kUnavailable: "unsorted" when the keys are not in order (a scan
    /// could miss some), "stuck" when the store repeats itself. After an error that is momentary it may be
    /// called again: it goes on where it was.
    [[nodiscard]] Result<std::optional<std::vector<ListedObject>>> Next(const std::stop_token& stop);

    /// The last key seen: start_after of a listing that is to go on from here.
    [[nodiscard]] const std::string& Position() const noexcept { return position_; }

private:
    NativeClient& client_;
    const std::string bucket_;
    const std::string prefix_;
    const int page_size_;
    std::string position_;
    bool ended_ = false;
};

}  // namespace notify::datacore
