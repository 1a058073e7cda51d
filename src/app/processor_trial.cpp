#include "app/processor_trial.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <utility>

#include <fmt/core.h>

#include "app/engine.hpp"
#include "core/byte_source.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "processors/host/host.hpp"

namespace notify {

namespace {

class NoBytes final : public ByteSource {
public:
    [[nodiscard]] std::uint64_t Size() const override { return 0; }

    [[nodiscard]] Result<std::size_t> ReadAt(std::uint64_t, std::span<std::byte>) override { return 0; }
};

/// How the child was started, and not what the processor made of nothing, is what matters.
Result<void> RunOnce(ProcessorHost& host, const std::stop_token& stop) {
    Job job;
    job.name = "trial";
    job.reader = std::make_unique<NoBytes>();
    job.processes.push_back({.id = ProcessId("prc_trial"), .processor = "checksum", .config = "{}"});
    const JobObserver nobody{
        .progress = [](const ProcessId&, double) {}, .outcome = [](const JobOutcome&) {}
    };
    return host.Run(std::move(job), nobody, stop);
}

}  // namespace

std::string TryProcessors(Engine& engine, const std::stop_token& stop) {
    const auto tried = RunOnce(*engine.host, stop);
    if (stop.stop_requested()) {
        return {};
    }
    const auto sandbox =
        tried ? engine.Sandbox() : Unexpected(tried.error());  // of the child that is warm now
    if (!sandbox) {
        return fmt::format(
            "no item can be processed: {}; mend it or set PROCESSOR_PROGRAM", sandbox.error().message
        );
    }
    return sandbox->level == "full"
               ? std::string()
               : fmt::format(
                     "foreign files are read in a sandbox that is only {}: {}", sandbox->level, sandbox->note
                 );
}

}  // namespace notify
