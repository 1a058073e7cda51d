#include "queue/known_results.hpp"

#include <algorithm>
#include <chrono>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "domain/item.hpp"
#include "domain/process.hpp"
#include "domain/result.hpp"
#include "domain/rule.hpp"
#include "processors/kind.hpp"
#include "storage/process_repository.hpp"
#include "storage/result_repository.hpp"
#include "storage/storage.hpp"

namespace notify {

namespace {

constexpr std::chrono::milliseconds kFirstLook{2};  // commits take about as long
constexpr std::chrono::milliseconds kLastLook{128};
constexpr std::chrono::milliseconds kLeastWait = std::chrono::seconds(1);
constexpr std::chrono::milliseconds kMostWait = std::chrono::seconds(60);
constexpr std::string_view kSameBytes = "same_bytes";

std::string LineageOf(const Item& item, const Process& process, std::string_view model_digest) {
    const auto kind = FindProcessorKind(process.processor);
    return LineageKey(
        ContentIdentity(item),
        process.processor,
        kind ? (*kind)->version : std::string_view(),
        model_digest,
        process.config_hash
    );
}

/// True when a process of the item completed with it: who asks again wants it found again.
bool HasIt(const std::vector<Process>& all, const ResultId& result) {
    return std::ranges::find(all, result, &Process::result_id) != all.end();
}

}  // namespace

void KnownResults::Learn(const std::string& processor, const std::string& model_digest) {
    const std::scoped_lock lock(mutex_);
    digests_[processor] = model_digest;
}

Result<std::map<ProcessId, StoredResult>> KnownResults::Find(const ClaimedItem& claim) const {
    std::map<std::string, std::string> digests;
    {
        const std::scoped_lock lock(mutex_);
        digests = digests_;
    }
    return storage_.Read([&](const Snapshot& snapshot) -> Result<std::map<ProcessId, StoredResult>> {
        std::map<ProcessId, StoredResult> known;
        const auto all = snapshot.processes.OfItem(claim.item.id);
        if (!all) {
            return Unexpected(all.error());
        }
        for (const auto& process : claim.processes) {
            const auto kind = FindProcessorKind(process.processor);
            const auto digest = digests.find(process.processor);
            if (!kind || ((*kind)->needs_models && digest == digests.end())) {
                continue;
            }
            auto result = snapshot.results.FindByLineage(
                LineageOf(claim.item, process, digest == digests.end() ? "" : digest->second)
            );
            if (!result) {
                return Unexpected(result.error());
            }
            if (*result && !HasIt(*all, (*result)->id) &&
                TakesMediaType(claim.media_types, (*result)->media_type) &&
                TakesMediaType(process.media_types, (*result)->media_type)) {
                known.emplace(process.id, **std::move(result));
            }
        }
        return known;
    });
}

/// All or nothing, so that two never wait for each other. How long the other one is at it already, when there
/// is one.
std::optional<std::chrono::milliseconds> KnownResults::TryToEnter(
    const std::map<std::string, Holder>& wanted
) {
    const auto now = std::chrono::steady_clock::now();
    const std::scoped_lock lock(mutex_);
    std::erase_if(running_, [this](const auto& entry) { return !held_.Has(entry.second.holder); });
    for (const auto& [key, holder] : wanted) {
        const auto found = running_.find(key);
        if (found != running_.end() && found->second.holder != holder) {
            return std::chrono::duration_cast<std::chrono::milliseconds>(now - found->second.since);
        }
    }
    for (const auto& [key, holder] : wanted) {
        running_.insert_or_assign(key, Running{.holder = holder, .since = now});
    }
    return std::nullopt;
}

Result<void> KnownResults::Enter(const ClaimedItem& claim) {
    std::map<std::string, Holder> wanted;
    for (const auto& process : claim.processes) {
        if (!claim.item.content_sha256.empty()) {
            wanted.emplace(LineageOf(claim.item, process, {}), Holder(process.id, process.fence));
        }
    }
    auto other = TryToEnter(wanted);
    for (auto pause = kFirstLook; other && pause <= kLastLook; pause *= 2) {
        std::this_thread::sleep_for(pause);
        other = TryToEnter(wanted);
    }
    if (!other) {
        return {};
    }
    return Unexpected(
        Error{
            .code = ErrorCode::kThrottled,
            .stage = "queue",
            .reason = std::string(kSameBytes),
            .retry_after = std::clamp(*other, kLeastWait, kMostWait),
            .message = "the same bytes are being processed as another item, whose result it will get"
        }
    );
}

}  // namespace notify
