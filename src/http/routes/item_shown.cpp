#include "http/routes/item_shown.hpp"

#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>

#include "core/clock.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/status.hpp"
#include "http/routes/routes.hpp"
#include "http/views.hpp"
#include "processors/config_secrets.hpp"
#include "queue/item_control.hpp"
#include "storage/item_repository.hpp"
#include "storage/item_status.hpp"
#include "storage/key_text.hpp"
#include "storage/latest_runs.hpp"
#include "storage/process_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

Result<ProcessNotes> NotesOf(const Snapshot& snapshot, const ItemId& item) {
    auto looked_at = snapshot.processes.LookedAtOf(item);
    auto long_work = snapshot.processes.LongWorkOf(item);
    if (!looked_at || !long_work) {
        return Unexpected(looked_at ? long_work.error() : looked_at.error());
    }
    return ProcessNotes{.looked_at = std::move(*looked_at), .long_work = std::move(*long_work)};
}

view::ProcessView Show(const Process& process, const ProcessNotes& notes) {
    view::ProcessView shown{
        .id = process.id.Value(),
        .item = process.item_id.Value(),
        .processor = process.processor,
        .config = ParseJson(WithoutSecrets(process.processor, process.config)).value_or(nullptr),
        .rule = process.rule_id.IsEmpty() ? std::nullopt : std::optional(process.rule_id.Value()),
        .run = process.run,
        .status = {std::string(ToString(process.status))},
        .since = ToRfc3339(process.since),
        .attempt = process.attempt,
        .max_attempts = process.max_attempts,
        .crashes = process.crashes,
        .rescues = process.rescues,
        .releases = process.releases,
        .next_attempt_at =
            IsTerminal(process.status) ? std::nullopt : std::optional(ToRfc3339(process.next_attempt_at)),
        .progress = process.progress,
        .cancel_requested = process.cancel_requested,
        .failure = std::nullopt,
        .looked_at = std::nullopt,
        .long_work = std::nullopt,
        .result = process.result_id.IsEmpty() ? std::nullopt : std::optional(process.result_id.Value()),
        .created_at = ToRfc3339(process.created_at),
        .started_at = TextOf(process.started_at),
        .finished_at = TextOf(process.finished_at),
    };
    if (const auto found = notes.long_work.find(process.id); found != notes.long_work.end()) {
        shown.long_work = view::LongWorkView{
            .media_ms = found->second.media_ms,
            .resumed_at_ms = found->second.resumed_at_ms,
            .gave_way = found->second.gave_way
        };
    }
    if (const auto found = notes.looked_at.find(process.id); found != notes.looked_at.end()) {
        const auto& [rendition, id, lines, warning] = found->second;
        shown.looked_at = view::LookedAtView{
            .rendition = rendition,
            .id = id,
            .lines = lines > 0 ? std::optional(lines) : std::nullopt,
            .warning = warning
        };
    }
    if (process.failure) {
        const auto& f = *process.failure;
        shown.failure = view::FailureView{
            .code = f.code,
            .stage = f.stage,
            .reason = f.reason,
            .message = f.message,
            .will_retry = f.will_retry
        };
    }
    return shown;
}

view::ItemRow Row(const Item& item, std::optional<double> progress) {
    return {
        .id = item.id.Value(),
        .bucket = item.bucket_id.Value(),
        .key = KeyText(item.key),
        .version = item.version,
        .size_bytes = static_cast<std::int64_t>(item.size_bytes),
        .modified_at = ToRfc3339(item.modified_at),
        .media_type = item.media_type,
        .content_sha256 = item.content_sha256,
        .status = {std::string(ToString(item.status))},
        .since = ToRfc3339(item.since),
        .blocked_by = {std::string(ToString(item.blocked_by))},
        .progress = progress,
        .reason_code = item.reason_code,
        .reason = item.reason,
        .state_version = item.state_version,
        .discovered_at = ToRfc3339(item.discovered_at),
        .removed_at = TextOf(item.removed_at),
    };
}

Result<WholeItem> PartsOf(const Snapshot& snapshot, const ItemId& id) {
    auto item = snapshot.items.Get(id);
    auto processes = snapshot.processes.OfItem(id);
    auto notes = NotesOf(snapshot, id);
    auto history = snapshot.items.History(id);
    if (!item || !processes) {
        return Unexpected(!item ? item.error() : processes.error());
    }
    if (!notes || !history) {
        return Unexpected(!notes ? notes.error() : history.error());
    }
    return WholeItem{
        .item = std::move(*item),
        .processes = std::move(*processes),
        .notes = std::move(*notes),
        .history = std::move(*history),
        .standstill = std::nullopt,
        .bucket = {}
    };
}

view::ItemView Show(const WholeItem& whole, Timestamp now) {
    view::ItemView shown{
        Row(whole.item, ProgressOf(whole.item, LatestRuns(whole.processes))),
        0,
        std::nullopt,
        Why(whole.item, whole.processes, whole.standstill, whole.bucket, now),
        {},
        {}
    };
    std::optional<Timestamp> next;
    for (const auto& process : whole.processes) {
        shown.processes.push_back(Show(process, whole.notes));
        shown.attempt = std::max(shown.attempt, process.attempt);
        if (process.status == Status::kPending) {
            next = std::min(next.value_or(process.next_attempt_at), process.next_attempt_at);
        }
    }
    shown.next_attempt_at = TextOf(next);
    for (const auto& change : whole.history) {
        shown.history.push_back(
            {.at = ToRfc3339(change.at),
             .status = {std::string(ToString(change.status))},
             .process = change.process_id.Value(),
             .attempt = change.attempt,
             .reason_code = change.reason_code,
             .reason = change.reason}
        );
    }
    return shown;
}

}  // namespace notify
