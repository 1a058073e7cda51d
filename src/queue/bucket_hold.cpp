#include "queue/bucket_hold.hpp"

#include <chrono>

#include "core/backoff.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "queue/refusal.hpp"
#include "sources/objects/faults.hpp"
#include "storage/bucket_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::chrono::milliseconds kFirst = std::chrono::seconds(60);
constexpr std::chrono::milliseconds kLongest = std::chrono::minutes(15);

}  // namespace

bool HoldsBucket(const Error& error) {
    return objects::IsBucketFault(error) && error.reason != objects::kAccessDenied;
}

Result<void> HoldBucket(Transaction& transaction, const BucketId& id, const Error& error, Timestamp now) {
    const auto before = transaction.buckets.HoldOf(id);
    if (!before) {
        return Unexpected(before.error());
    }
    if (*before && (*before)->until > now) {
        return {};
    }
    const int times = *before ? (*before)->times + 1 : 1;
    // a new secret in a file tells nobody: it is looked for each minute
    const auto longest = error.code == ErrorCode::kUnauthenticated ? kFirst : kLongest;
    const auto until = now + BackoffDelay(times, kFirst, longest);
    Log(LogLevel::kWarn,
        "bucket held back",
        {{"bucket", id.Value()}, {"until", ToRfc3339(until)}, {"error", error.message}});
    return TellRefusal(transaction, id, error, now).and_then([&] {
        return transaction.buckets.Hold(
            id, {.until = until, .reason = error.reason, .sentence = error.message, .times = times}
        );
    });
}

}  // namespace notify
