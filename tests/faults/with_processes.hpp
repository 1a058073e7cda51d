#pragma once

// A storage of which the processes are another's.

#include <functional>
#include <memory>
#include <utility>

#include "core/result.hpp"
#include "storage/process_repository.hpp"
#include "support/wrapped_storage.hpp"

namespace notify::testing {

class WithProcesses final : public WrappedStorage {
public:
    using Wrap = std::function<std::unique_ptr<ProcessRepository>(ProcessRepository&)>;

    /// `wrap` puts one around that of each transaction.
    WithProcesses(Storage& inner, Wrap wrap) : WrappedStorage(inner), wrap_(std::move(wrap)) {}

    [[nodiscard]] bool IsGivenUp() const noexcept override { return inner_.IsGivenUp(); }

private:
    Result<void> RunWrite(const WriteFunction& function) override {
        return inner_.Write([&](Transaction& whole) {
            const auto processes = wrap_(whole.processes);
            Transaction wrapped{
                .sources = whole.sources,
                .buckets = whole.buckets,
                .backlog = whole.backlog,
                .rules = whole.rules,
                .items = whole.items,
                .scans = whole.scans,
                .processes = *processes,
                .results = whole.results,
                .people = whole.people,
                .people_edits = whole.people_edits,
                .faces = whole.faces,
                .erasures = whole.erasures,
                .events = whole.events,
                .deliveries = whole.deliveries,
                .news = whole.news,
                .dead_messages = whole.dead_messages,
                .keys = whole.keys,
                .nodes = whole.nodes,
                .pauses = whole.pauses,
                .review = whole.review
            };
            return function(wrapped);
        });
    }

    const Wrap wrap_;
};

}  // namespace notify::testing
