#include "queue/claim.hpp"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "storage/event_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

Event Started(const Process& process, Timestamp now) {
    return {
        .id = EventId(MakeId("msg")),
        .type = "process.started",
        .subject = process.item_id.Value(),
        .dedup_key = fmt::format("{}:started:{}", process.id.Value(), process.fence),
        .at = now,
        .data = ToJsonText(
            boost::json::object{
                {"item", process.item_id.Value()},
                {"process", process.id.Value()},
                {"processor", process.processor}
            }
        ),
    };
}

}  // namespace

Result<std::vector<ClaimedItem>> ClaimItems(
    Transaction& transaction, const Claimant& claimant, int most, Timestamp now
) {
    auto claims = transaction.processes.Claim(claimant.node, most, now, claimant.lease);
    if (!claims) {
        return claims;
    }
    for (auto& claim : *claims) {
        auto item = RefreshItem(transaction, claim.item.id, now);
        if (!item) {
            return Unexpected(item.error());
        }
        claim.item = std::move(*item);
        for (const auto& process : claim.processes) {
            if (auto told = transaction.events.Append(Started(process, now)); !told) {
                return Unexpected(told.error());
            }
        }
    }
    return claims;
}

}  // namespace notify
