#include "delivery/publishing/standing.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <boost/json.hpp>

#include "core/json.hpp"
#include "core/result.hpp"
#include "delivery/clean_text.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "domain/publication.hpp"
#include "domain/status.hpp"
#include "storage/delivery_repository.hpp"
#include "storage/item_repository.hpp"
#include "storage/latest_runs.hpp"
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
        {"stage", says ? process.failure->stage : std::string()},
        {"message", says ? ValidUtf8(process.failure->message) : std::string()},
    };
}

std::string_view ResultsWord(std::optional<Status> status) {
    if (!status) {
        return "";
    }
    switch (*status) {
        case Status::kPending:
        case Status::kProcessing:
            return "waiting";
        case Status::kCompleted:
            return "written";
        case Status::kFailed:
            return "failed";
        case Status::kCancelled:
        case Status::kSkipped:
            break;
    }
    return "none";
}

}  // namespace

Result<std::string> RenderStanding(const Snapshot& snapshot, const ItemId& id) {
    const auto item = snapshot.items.Get(id);
    auto all = snapshot.processes.OfItem(id);
    if (!item || !all) {
        return Unexpected(!item ? item.error() : all.error());
    }
    const auto results = snapshot.deliveries.PublicationStatus(id, kTimelinePublication.name);
    if (!results) {
        return Unexpected(results.error());
    }
    boost::json::array processes;
    for (const auto& process : LatestRuns(*std::move(all))) {
        processes.push_back(PartOf(process));
    }
    return ToJsonText(
        boost::json::object{
            {"status", ToString(item->status)},
            {"reason", ValidUtf8(item->reason)},
            {"results", ResultsWord(*results)},
            {"processes", std::move(processes)},
        }
    );
}

}  // namespace notify
