#include "processors/host/process_error.hpp"

#include <string>
#include <utility>

#include <fmt/format.h>

#include "core/error.hpp"
#include "processors/host/child_end.hpp"

namespace notify {

namespace {

Error MakeError(ErrorCode code, std::string reason, std::string message) {
    return {
        .code = code,
        .stage = "child",
        .reason = std::move(reason),
        .retry_after = {},
        .message = std::move(message),
    };
}

/// True for a failure that is the file's or the processor's, which a child may know by itself.
bool IsOfTheItem(ErrorCode code) {
    return code == ErrorCode::kInvalidArgument || code == ErrorCode::kTooLarge ||
           code == ErrorCode::kUnsupported || code == ErrorCode::kInternal;
}

/// True for a failure of reading, which a child that was handed a descriptor sees before we do.
bool IsOfALocalFile(ErrorCode code) {
    return code == ErrorCode::kUnavailable || code == ErrorCode::kConflict || code == ErrorCode::kForbidden;
}

Error Stopping() {
    return MakeError(ErrorCode::kStopped, {}, "the service is stopping");
}

Error Cancelled() {
    return MakeError(ErrorCode::kCancelled, {}, "cancelled");
}

}  // namespace

Error TrustedError(Error said, const KnownToHost& known) {
    if (said.code == ErrorCode::kCancelled || said.code == ErrorCode::kStopped) {
        if (known.is_stopping) {
            return Stopping();
        }
        if (known.is_cancelled) {
            return Cancelled();
        }
    }
    if (known.read_error && known.read_error->code == said.code) {
        return *known.read_error;
    }
    if (!IsOfTheItem(said.code) && !(known.has_descriptor && IsOfALocalFile(said.code))) {
        said.message = fmt::format("the processor failed as {}: {}", ToString(said.code), said.message);
        said.code = ErrorCode::kInternal;
    }
    if (said.code == ErrorCode::kUnavailable) {
        said.reason.clear();  // these are words of ours about stores and databases, for some of which nobody
                              // is blamed
    }
    return said;
}

Error UnfinishedError(const ChildEnd& end, const KnownToHost& known) {
    if (known.is_stopping) {
        return Stopping();
    }
    if (known.is_cancelled) {
        return Cancelled();
    }
    if (end.reason == kEndedToCancel) {
        return MakeError(ErrorCode::kStopped, {}, end.message);
    }
    if (end.reason == kBlocked) {
        return MakeError(ErrorCode::kUnavailable, end.reason, end.message);
    }
    return MakeError(ErrorCode::kInternal, end.reason, end.message);
}

}  // namespace notify
