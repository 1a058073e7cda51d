// notifications-api: the service and its command line.

#include <cstdio>
#include <filesystem>
#include <string>

#include <CLI/CLI.hpp>
#include <fmt/format.h>

#include "app/commands/api_client.hpp"
#include "app/commands/api_commands.hpp"
#include "app/commands/process_file.hpp"
#include "app/doctor.hpp"
#include "app/engine.hpp"
#include "app/service.hpp"
#include "app/settings.hpp"
#include "app/stop_signal.hpp"
#include "core/file.hpp"
#include "core/log.hpp"

namespace {

using notify::Result;

constexpr int kFailed = 1;
constexpr int kMisused = 2;

std::filesystem::path ProgramFolder() {
    std::error_code ignored;
    return std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
}

Result<notify::Settings> ReadSettings() {
    return notify::ReadDotEnv(".env").and_then([](const notify::Variables& dot_env) {
        return notify::MakeSettings(notify::ProcessEnvironment(), dot_env, ProgramFolder());
    });
}

/// The service's parts in this process, for a command while no service runs.
struct Local {
    std::unique_ptr<notify::Engine> engine;
    std::unique_ptr<notify::Router> router;
};

Result<notify::ApiDispatch> OpenLocal(const notify::Settings& settings, Local& local) {
    notify::SetLogLevel(notify::LogLevel::kWarn);
    auto engine = notify::Engine::Open(settings);
    if (!engine) {
        return notify::Unexpected(engine.error());
    }
    local.engine = std::move(*engine);
    local.router = notify::MakeRouter(*local.engine);
    return notify::DispatchTo(*local.router);
}

Result<void> RunService(const notify::Settings& settings) {
    const notify::StopSignal signal;
    auto engine = notify::Engine::Open(settings);
    return engine ? notify::Serve(**engine, signal.Token()) : notify::Unexpected(engine.error());
}

Result<void> RunDoctor(const notify::Settings& settings) {
    notify::SetLogLevel(notify::LogLevel::kOff);
    int bad = 0;
    for (const auto& finding : notify::Examine(settings)) {
        fmt::print("{} {}: {}\n", finding.good ? "ok " : "FIX", finding.what, finding.sentence);
        bad += finding.good ? 0 : 1;
    }
    return bad == 0 ? Result<void>{}
                    : notify::Fail(notify::ErrorCode::kInvalidArgument, fmt::format("{} to fix", bad));
}

Result<void> WriteSettingsFiles() {
    for (const auto* name : {".env.example", ".env.examples"}) {
        if (auto written = notify::WriteFileAtomically(name, notify::DotEnvExample()); !written) {
            return written;
        }
    }
    return notify::WriteFileAtomically("docs/configuration.md", notify::ConfigurationPage());
}

int Report(const Result<void>& done) {
    if (done) {
        return 0;
    }
    fmt::print(stderr, "notifications-api: {}\n", done.error().message);
    return kFailed;
}

void AddOwnCommands(CLI::App& app, const notify::Settings& settings, const bool& json, notify::Run& run) {
    app.add_subcommand("serve", "Run the service until SIGTERM or Ctrl-C")->callback([&] {
        run = [&] { return RunService(settings); };
    });
    app.add_subcommand("doctor", "Say what to fix on this machine, a sentence each")->callback([&] {
        run = [&] { return RunDoctor(settings); };
    });
    app.add_subcommand("migrate", "Bring the database to this version's schema")->callback([&] {
        run = [&] {
            return notify::Engine::Open(settings).map([](const auto&) {
                fmt::print("the database has the newest schema\n");
            });
        };
    });
    app.add_subcommand("openapi", "Print the OpenAPI document")->callback([&] {
        run = [] {
            notify::SetLogLevel(notify::LogLevel::kWarn);
            return notify::DescribeApi().map([](const std::string& text) { fmt::print("{}\n", text); });
        };
    });
    auto* write = app.add_subcommand("settings", "Print .env.example");
    static bool write_files = false;
    write->add_flag(
        "--write", write_files, "Write .env.example, .env.examples and docs/configuration.md here"
    );
    write->callback([&] {
        run = [] {
            if (write_files) {
                return WriteSettingsFiles();
            }
            fmt::print("{}", notify::DotEnvExample());
            return Result<void>{};
        };
    });
    static notify::ProcessFileOptions options;
    auto* process = app.add_subcommand("process", "Run one processor on one file, without a database");
    process->add_option("file", options.file, "The file")->required();
    process->add_option("--processor", options.processor, "Its name")->required();
    process->add_option("--config", options.config, "Its configuration, JSON");
    process->add_option("--artifacts", options.artifact_folder, "Write the artifacts into this folder");
    process->callback([&] {
        run = [&] {
            options.json = json;
            return notify::ProcessFile(settings, options);
        };
    });
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "Media lands in a bucket, processors run on it, results come back, workflows are told.",
        "notifications-api"
    );
    app.set_version_flag("--version", "notifications-api 0.1.0");
    app.require_subcommand(1);
    app.fallthrough();
    bool json = false;
    app.add_flag("--json", json, "Print JSON");
    notify::Run run;
    notify::Settings settings;
    Local local;
    notify::ApiClient client(settings, [&] { return OpenLocal(settings, local); });
    AddOwnCommands(app, settings, json, run);
    notify::AddApiCommands(app, client, json, run);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? 0 : kMisused;
    }
    auto read = ReadSettings();
    if (!read) {
        return Report(notify::Unexpected(read.error()));
    }
    settings = std::move(*read);
    notify::SetLogLevel(settings.log_level);
    return Report(run());
}
