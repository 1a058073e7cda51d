#include "queue/claim.hpp"

#include <algorithm>
#include <set>
#include <vector>

#include <fmt/format.h>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/event.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
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
                {"bucket", process.bucket_id.Value()},
                {"process", process.id.Value()},
                {"processor", process.processor}
            }
        ),
    };
}

}  // namespace

Result<std::vector<ClaimedItem>> ClaimItems(
    Transaction& transaction, const Claimant& claimant, int most, Timestamp now, Among among
) {
    auto claims = among == Among::kAll
                      ? transaction.processes.Claim(claimant.node, most, now, claimant.lease)
                      : transaction.processes.ClaimShort(claimant.node, most, now, claimant.lease);
    if (!claims) {
        return claims;
    }
    std::set<ItemId> ids;  // an item's process that runs alone may be claimed beside its others
    std::vector<Event> started;
    for (const auto& claim : *claims) {
        ids.insert(claim.item.id);
        for (const auto& process : claim.processes) {
            started.push_back(Started(process, now));
        }
    }
    const auto items = RefreshItems(transaction, {ids.begin(), ids.end()}, now);
    auto told = items ? transaction.events.AppendAll(started) : Unexpected(items.error());
    if (!told) {
        return Unexpected(told.error());
    }
    for (auto& claim : *claims) {
        claim.item = *std::ranges::lower_bound(*items, claim.item.id, {}, &Item::id);
    }
    return claims;
}

}  // namespace notify
