#pragma once

// Marks what an earlier system has done, and takes marks back.

#include <vector>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/done_mark.hpp"
#include "storage/storage.hpp"

namespace notify {

/// A mark as it was asked for.
struct WantedMark {
    DoneMark mark;
    bool dated = false;  ///< Its time was given; else it is now, and a mark that is there stays as it is.
};

/// What became of a list of marks.
struct MarkCounts {
    int marked = 0;     ///< Marks that are new, later than before, or taken back.
    int unchanged = 0;  ///< Marks that were there, or not there, already.
    int items = 0;      ///< Items that were Skipped, or taken up again, by it.
    int running = 0;    ///< Items left alone because they are being processed.
    int processed = 0;  ///< Items left alone because they had ended here.

    MarkCounts& operator+=(const MarkCounts& more);
};

/// Marks keys as done elsewhere. Items of them that wait, or were skipped before they had a process, are
/// Skipped as kDoneElsewhere; those that come later are when they are noticed. Again changes nothing.
[[nodiscard]] Result<MarkCounts> MarkDone(
    Transaction& transaction, const Bucket& bucket, const std::vector<WantedMark>& marks, Timestamp now
);

/// Takes the marks of these keys and versions back (their times do not matter): items that they skipped
/// become what they would have been, of the bucket's policy and rules as they are now.
[[nodiscard]] Result<MarkCounts> UnmarkDone(
    Transaction& transaction, const Bucket& bucket, const std::vector<WantedMark>& marks, Timestamp now
);

}  // namespace notify
