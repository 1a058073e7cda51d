#include "domain/status.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "domain/named.hpp"

namespace notify {

std::string_view ToString(Status status) noexcept {
    return kStatusWords.at(static_cast<std::size_t>(status));
}

std::optional<Status> StatusFrom(std::string_view text) noexcept {
    return Named<Status>(kStatusWords, text);
}

std::string_view ToString(BlockedBy blocked) noexcept {
    return kBlockedByWords.at(static_cast<std::size_t>(blocked));
}

std::optional<BlockedBy> BlockedByFrom(std::string_view text) noexcept {
    return Named<BlockedBy>(kBlockedByWords, text);
}

bool IsTerminal(Status status) noexcept {
    return status != Status::kPending && status != Status::kProcessing;
}

bool MayBecome(Status from, Status to) noexcept {
    switch (from) {
        case Status::kPending:
            return to == Status::kProcessing || to == Status::kCancelled || to == Status::kSkipped;
        case Status::kProcessing:
            return to != Status::kProcessing;
        case Status::kCompleted:
        case Status::kFailed:
        case Status::kCancelled:
        case Status::kSkipped:
            return false;
    }
    return false;
}

Status ItemStatus(std::span<const Status> processes) noexcept {
    for (const auto status :
         {Status::kProcessing, Status::kPending, Status::kFailed, Status::kCompleted, Status::kCancelled}) {
        if (std::ranges::find(processes, status) != processes.end()) {
            return status;
        }
    }
    return Status::kSkipped;
}

}  // namespace notify
