#include "delivery/publishing/metadata.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <boost/json/array.hpp>
#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "sources/source.hpp"
#include "storage/appearance_list.hpp"
#include "storage/item_repository.hpp"
#include "storage/latest_runs.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::size_t kLongestValue = 400;  // four of them, and their names, are fewer than the most

std::string Plain(std::string_view text) {
    std::string plain;
    for (const char c : text.substr(0, kLongestValue)) {
        plain += c >= ' ' && c <= '~' ? c : '?';
    }
    return plain;
}

std::string Completed(std::vector<Process> all) {
    std::set<std::string> names;
    for (auto& process : LatestRuns(std::move(all))) {
        if (process.status == Status::kCompleted) {
            names.insert(std::move(process.processor));
        }
    }
    return fmt::format("{}", fmt::join(names, ","));
}

}  // namespace

Result<UserMetadata> PublicationMetadata(const Snapshot& snapshot, const ItemId& id) {
    const auto item = snapshot.items.Get(id);
    if (!item) {
        return Unexpected(item.error());
    }
    auto processes = snapshot.processes.OfItem(id);
    const auto people = ConfirmedPeople(snapshot.people, id);
    if (!processes || !people) {
        return Unexpected(!processes ? processes.error() : people.error());
    }
    return UserMetadata{
        {"notifications-item", Plain(id.Value())},
        {"notifications-status", Plain(ToString(item->status))},
        {"notifications-processors", Plain(Completed(*std::move(processes)))},
        {"notifications-people", fmt::format("{}", people->size())}
    };
}

}  // namespace notify
