#pragma once

// All keys of a bucket, page after page, in memory of one page, and only forward whatever the store does.

#include <optional>
#include <stop_token>
#include <string>

#include "core/result.hpp"
#include "sources/s3/client.hpp"
#include "sources/s3/xml.hpp"

namespace notify::s3 {

/// A flat listing in the order of the keys' bytes. Guards: a token that is repeated, or refused because it
/// grew old, is given up for the last key; keys that were told before are left out; keys out of order end it.
/// Used by one thread.
class Listing final {
public:
    /// `client` outlives it. Begins behind `start_after`, a key, or at the first.
    Listing(Client& client, std::string bucket, std::string prefix, std::string start_after = {});

    /// The next page; nothing at the end. kUnavailable with reason "unsorted" when the store's keys are not
    /// in order (a scan could miss some), "stuck" when it repeats itself. After an error that is momentary it
    /// may be called again: it goes on where it was.
    [[nodiscard]] Result<std::optional<ListPage>> Next(const std::stop_token& stop);

    /// The last key told: start_after of a listing that is to go on from here.
    [[nodiscard]] const std::string& Position() const noexcept { return position_; }

private:
    [[nodiscard]] Result<ListPage> Ask(const std::stop_token& stop);

    Client& client_;
    const std::string bucket_;
    const std::string prefix_;
    std::string position_;
    std::string token_;
    bool ended_ = false;
    bool by_key_ = false;  ///< Its tokens are of no use.
};

}  // namespace notify::s3
