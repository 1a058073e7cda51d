#pragma once

// From when on a scan looks at what changed, of a bucket whose source tells that.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/scan.hpp"
#include "storage/storage.hpp"

namespace notify {

/// Begin; then what was found is taken in; End when all of that ended well, and what was left out is known. A
/// scan that is not ended leaves things as they were, so that the next looks at the same again. Once a day,
/// and when other objects count now, other rules hold, or the source is another, everything is looked at. Of
/// one thread, one at a time for a bucket. Fails as Storage does. All it is given outlives it.
class ChangeScan final {
public:
    ChangeScan(Storage& storage, const Clock& clock, const Bucket& bucket)
        : storage_(storage), clock_(clock), bucket_(bucket) {}

    /// From when on; nothing: at everything. 15 minutes earlier than the last scan began that ended well, and
    /// the bucket's min_age before that.
    [[nodiscard]] Result<std::optional<Timestamp>> Begin();

    /// What the last scan left out, that this one is to look at besides; nothing before Begin.
    [[nodiscard]] const std::vector<std::string>& LeftOut() const noexcept { return state_.left_out; }

    /// Keeps that the scan ended, having seen so many objects and left these keys out.
    [[nodiscard]] Result<void> End(std::uint64_t seen, std::vector<std::string> left_out);

private:
    Storage& storage_;
    const Clock& clock_;
    const Bucket& bucket_;
    ScanState state_;  ///< As it is kept at the end.
};

}  // namespace notify
