#include "delivery/publishing/standing.hpp"

#include <string>
#include <utility>

#include <boost/json.hpp>

#include "core/json.hpp"
#include "core/result.hpp"
#include "delivery/clean_text.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

boost::json::object PartOf(const Process& process) {
    const bool says = process.failure && process.status != Status::kCompleted;
    return {
        {"process", process.id.Value()},
        {"processor", process.processor},
        {"run", process.run},
        {"status", ToString(process.status)},
        {"message", says ? ValidUtf8(process.failure->message) : std::string()},
    };
}

}  // namespace

Result<std::string> RenderStanding(const Snapshot& snapshot, const ItemId& id) {
    const auto item = snapshot.items.Get(id);
    auto all = snapshot.processes.OfItem(id);
    if (!item || !all) {
        return Unexpected(!item ? item.error() : all.error());
    }
    boost::json::array processes;
    for (const auto& process : LatestRuns(*std::move(all))) {
        processes.push_back(PartOf(process));
    }
    return ToJsonText(
        boost::json::object{
            {"status", ToString(item->status)},
            {"reason", ValidUtf8(item->reason)},
            {"processes", std::move(processes)},
        }
    );
}

}  // namespace notify
