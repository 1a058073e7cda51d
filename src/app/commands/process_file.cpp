#include "app/commands/process_file.hpp"

#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include "app/commands/printing.hpp"
#include "app/host_settings.hpp"
#include "app/installation.hpp"
#include "app/settings.hpp"
#include "app/stop_signal.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/file_byte_source.hpp"
#include "core/json.hpp"
#include "core/result.hpp"
#include "domain/ids.hpp"
#include "processors/host/host.hpp"
#include "processors/kind.hpp"

namespace notify {

namespace {

void ShowProgress(double done) {
    static constexpr int kWidth = 40;
    const int filled = static_cast<int>(done * kWidth);
    fmt::print(
        stderr, "\r[{:<{}}] {:3.0f} %", std::string(static_cast<std::size_t>(filled), '#'), kWidth, done * 100
    );
    std::fflush(stderr);
}

Result<Job> MakeJob(const ProcessFileOptions& options, const ProcessorKind& kind, std::string config) {
    UniqueFd fd(::open(options.file.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd.IsOpen()) {
        return Unexpected(SystemError(errno, fmt::format("open {}", options.file.native())));
    }
    UniqueFd second(::dup(fd.Get()));
    const auto bytes = FileByteSource::Make(std::move(second));
    if (!bytes) {
        return Unexpected(bytes.error().Within(options.file.native()));
    }
    Job job;
    job.name = options.file.filename().native();
    job.size_bytes = bytes->Size();
    job.descriptor = std::move(fd);
    job.processes.push_back(
        {.id = ProcessId("prc_file"), .processor = std::string(kind.name), .config = std::move(config)}
    );
    return job;
}

Result<void> WriteArtifacts(const std::filesystem::path& folder, const std::vector<JobArtifact>& artifacts) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    for (const auto& artifact : artifacts) {
        if (auto written =
                WriteFileAtomically(folder / artifact.name, artifact.bytes, artifact.sealed ? 0600 : 0644);
            !written) {
            return written;
        }
    }
    return {};
}

Result<void> Report(const ProcessFileOptions& options, const JobOutcome& outcome) {
    if (!outcome.document) {
        return Unexpected(outcome.document.error());
    }
    if (options.json) {
        fmt::print("{}\n", *outcome.document);
    } else {
        fmt::print("{}: {}, {}\n", options.file.native(), outcome.media_type, options.processor);
        for (const auto& artifact : outcome.artifacts) {
            fmt::print(
                "  artifact {} ({}, {} bytes)\n",
                (options.artifact_folder / artifact.name).native(),
                artifact.media_type,
                artifact.bytes.size()
            );
        }
        if (!outcome.artifacts.empty() && options.artifact_folder.empty()) {
            fmt::print("  no artifact is kept: --artifacts FOLDER writes them\n");
        }
        const auto document = ParseJson(*outcome.document);
        if (!document) {
            return Unexpected(document.error().Within("the result"));
        }
        PrintDocument(*document);
    }
    return options.artifact_folder.empty() ? Result<void>{}
                                           : WriteArtifacts(options.artifact_folder, outcome.artifacts);
}

}  // namespace

Result<void> ProcessFile(const Settings& settings, const ProcessFileOptions& options) {
    const auto kind = FindProcessorKind(options.processor);
    if (!kind) {
        return Unexpected(kind.error());
    }
    auto config = NormaliseConfig(**kind, options.config);
    if (!config) {
        auto error = config.error();
        error.message =
            fmt::format("--config{}{}", error.message.starts_with('/') ? " " : ": ", error.message);
        return Unexpected(std::move(error));
    }
    if (auto checked = CheckProgram(settings); !checked) {
        return checked;
    }
    auto job = MakeJob(options, **kind, std::move(*config));
    if (!job) {
        return Unexpected(job.error());
    }
    const bool show = !options.json && ::isatty(STDERR_FILENO) == 1;
    std::optional<JobOutcome> outcome;
    const JobObserver observer{
        .progress =
            [&](const ProcessId&, double done) {
                if (show) {
                    ShowProgress(done);
                }
            },
        .outcome = [&](JobOutcome ended) { outcome = std::move(ended); },
    };
    const StopSignal signal;  // before the host makes threads, which would not have the signals blocked
    ProcessorHost host(MakeHostSettings(settings));
    auto ran = host.Run(std::move(*job), observer, signal.Token());
    if (show) {
        fmt::print(stderr, "\r{:60}\r", "");
    }
    const auto* const failed = !ran                            ? &ran.error()
                               : outcome && !outcome->document ? &outcome->document.error()
                                                               : nullptr;
    if (failed != nullptr && failed->code == ErrorCode::kStopped) {
        return Fail(ErrorCode::kStopped, "stopped");
    }
    if (!ran) {
        return ran;
    }
    return outcome ? Report(options, *outcome)
                   : Fail(ErrorCode::kInternal, "the processor ended without an outcome");
}

}  // namespace notify
