// notifications-api: the service and its command line.

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include <CLI/App.hpp>
#include <CLI/Error.hpp>
#include <fcntl.h>
#include <fmt/core.h>
#include <fmt/ranges.h>
#include <unistd.h>

#include "app/api_call.hpp"
#include "app/commands/api_client.hpp"
#include "app/commands/command_line.hpp"
#include "app/commands/process_file.hpp"
#include "app/commands/state_commands.hpp"
#include "app/database_settings.hpp"
#include "app/doctor.hpp"
#include "app/dot_env.hpp"
#include "app/engine.hpp"
#include "app/last_words.hpp"
#include "app/node_identity.hpp"
#include "app/open_engine.hpp"
#include "app/service.hpp"
#include "app/settings.hpp"
#include "app/stop_signal.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/log.hpp"
#include "core/result.hpp"
#include "domain/node.hpp"
#include "http/router.hpp"
#include "http/version.hpp"

namespace {

using notify::Result;

constexpr int kFailed = 1;
constexpr int kMisused = 2;
constexpr int kStopped = 130;      // as shells call the end by Ctrl-C
constexpr int kNobodyReads = 141;  // as shells call the end by SIGPIPE

/// What a command needs before it can run.
enum class Needs : std::uint8_t { kNothing, kSettings, kDatabase };

struct Chosen {
    notify::Run run;
    Needs needs = Needs::kDatabase;
};

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
    auto of_command = settings;
    of_command.roles = {};
    auto engine = notify::Engine::Open(of_command, notify::NoData::kRefuse);
    if (!engine) {
        return notify::Unexpected(engine.error());
    }
    local.engine = std::move(*engine);
    local.router = notify::MakeRouter(*local.engine);
    return notify::DispatchTo(*local.router);
}

/// `roles`: what --roles said, "" when it was not given.
Result<void> RunService(notify::Settings settings, const std::string& roles) {
    if (!roles.empty()) {
        const auto given = notify::Roles::Parse(roles);
        if (!given) {
            return notify::Fail(given.error().code, "--roles: " + given.error().message);
        }
        settings.roles = *given;
    }
    if (auto usable = notify::CheckRoles(settings, "a node with roles of its own"); !usable) {
        return usable;
    }
    const notify::StopSignal signal;
    auto engine = notify::OpenEngine(settings, signal.Token());
    if (!engine) {
        return engine.error().code == notify::ErrorCode::kStopped ? Result<void>{}
                                                                  : notify::Unexpected(engine.error());
    }
    return notify::Serve(**engine, signal.Token());
}

Result<void> RunWorker(notify::Settings settings, bool reads_folders) {
    settings.roles = notify::Roles().With(notify::Role::kWorker);
    settings.reads_folders = reads_folders;
    if (auto usable = notify::CheckRoles(settings, "a worker"); !usable) {
        return usable;
    }
    return RunService(std::move(settings), {});
}

Result<void> RunDoctor() {
    notify::SetLogLevel(notify::LogLevel::kOff);
    int bad = 0;
    for (const auto& finding : notify::Examine(ReadSettings())) {
        fmt::print("{} {}: {}\n", finding.good ? "ok " : "FIX", finding.what, finding.sentence);
        bad += finding.good ? 0 : 1;
    }
    return bad == 0 ? Result<void>{}
                    : notify::Fail(notify::ErrorCode::kInvalidArgument, fmt::format("{} to fix", bad));
}

Result<void> PrintOpenApi() {
    notify::SetLogLevel(notify::LogLevel::kWarn);
    return notify::DescribeApi().map([](const std::string& text) { fmt::print("{}\n", text); });
}

Result<void> WriteSettingsFiles() {
    for (const auto* name : {".env.example", ".env.examples"}) {
        if (auto written = notify::WriteFileAtomically(name, notify::DotEnvExample()); !written) {
            return written;
        }
    }
    return notify::WriteFileAtomically("docs/configuration.md", notify::ConfigurationPage());
}

Result<void> PrintSettings(bool write_files) {
    if (write_files) {
        return WriteSettingsFiles();
    }
    fmt::print("{}", notify::DotEnvExample());
    return {};
}

/// What the commands of this file are given and use.
struct Own {
    notify::Settings settings;
    bool json = false;
    bool write_files = false;
    std::string roles;
    bool reads_folders = false;
    notify::ProcessFileOptions process;
};

CLI::App& Add(
    CLI::App& app, Chosen& chosen, const Chosen& command, const char* name, const std::string& what
) {
    auto& added = *app.add_subcommand(name, what);
    added.callback([&chosen, command] { chosen = command; });
    return added;
}

void AddOwnCommands(CLI::App& app, Own& own, Chosen& chosen) {
    Add(app,
        chosen,
        {.run = [&] { return RunService(own.settings, own.roles); }},
        "serve",
        "Run the service until SIGTERM or Ctrl-C")
        .add_option(
            "--roles",
            own.roles,
            "What this node does, of api,scheduler,worker,delivery; unset: as ROLES says"
        );
    Add(app,
        chosen,
        {.run = [&] { return RunWorker(own.settings, own.reads_folders); }},
        "worker",
        "Process items for a database that other nodes serve, until SIGTERM or Ctrl-C")
        .add_flag(
            "--local-folders",
            own.reads_folders,
            "Also items of folders: they are mounted here under the same paths"
        );
    Add(app,
        chosen,
        {.run = RunDoctor, .needs = Needs::kNothing},
        "doctor",
        "Say what to fix on this machine, a sentence each");
    Add(
        app, chosen, {.run = PrintOpenApi, .needs = Needs::kNothing}, "openapi", "Print the OpenAPI document"
    );
    const auto print_settings = [&] { return PrintSettings(own.write_files); };
    Add(app, chosen, {.run = print_settings, .needs = Needs::kNothing}, "settings", "Print .env.example")
        .add_flag(
            "--write", own.write_files, "Write .env.example, .env.examples and docs/configuration.md here"
        );
    const auto run_process = [&] {
        own.process.json = own.json;
        return notify::ProcessFile(own.settings, own.process);
    };
    auto& process =
        Add(app,
            chosen,
            {.run = run_process, .needs = Needs::kSettings},
            "process",
            "Run one processor on one file, without a database");
    process.add_option("file", own.process.file, "The file")->required();
    process.add_option("--processor", own.process.processor, "Its name: " + notify::ProcessorNames())
        ->required();
    process.add_option("--config", own.process.config, "Its configuration, JSON");
    process.add_option("--artifacts", own.process.artifact_folder, "Write the artifacts into this folder");
}

int Report(const Result<void>& done) {
    if (done) {
        return 0;
    }
    std::fflush(stdout);  // what was shown comes before why it ended
    fmt::print(stderr, "notifications-api: {}\n", done.error().message);
    return done.error().code == notify::ErrorCode::kStopped ? kStopped : kFailed;
}

/// "notifications-api items show": the commands that were understood.
std::string Understood(const CLI::App& app) {
    auto line = app.get_name();
    for (const auto* command = &app; !command->get_subcommands().empty();) {
        command = command->get_subcommands().front();
        line += " " + command->get_name();
    }
    return line;
}

/// What is wrong with the line, in our words.
std::string SentenceOf(const CLI::App& app, const CLI::ParseError& error) {
    const std::string_view text(error.what());
    const auto name = text.substr(0, text.find(':'));
    if (dynamic_cast<const CLI::ExtrasError*>(&error) != nullptr) {
        return fmt::format("'{}' is not expected", fmt::join(app.remaining(true), " "));
    }
    if (dynamic_cast<const CLI::ConversionError*>(&error) != nullptr) {
        const auto given = text.substr(std::min(text.size(), name.size() + 2));  // "--limit = ten"
        const auto equals = given.find(" = ");
        return equals == std::string_view::npos
                   ? std::string(text)
                   : fmt::format(
                         "{}: '{}' is not a whole number", given.substr(0, equals), given.substr(equals + 3)
                     );
    }
    if (dynamic_cast<const CLI::ArgumentMismatch*>(&error) != nullptr) {
        return text.find("missing") != std::string_view::npos
                   ? fmt::format("{} needs a value", name)
                   : fmt::format("{} is given more than once", name);
    }
    return std::string(text);
}

/// What is wrong with the command line, or the help that was asked for.
int ReportParse(const CLI::App& app, const CLI::ParseError& error) {
    if (std::string_view(error.what()).starts_with("A subcommand")) {
        for (const auto& word : app.remaining(true)) {
            if (!word.starts_with('-')) {
                fmt::print(stderr, "notifications-api: there is no command '{}'; --help lists them\n", word);
                return kMisused;
            }
        }
        fmt::print(stderr, "notifications-api: say which command; --help lists them\n");
        return kMisused;
    }
    if (error.get_exit_code() == 0) {
        return app.exit(error);
    }
    fmt::print(
        stderr, "notifications-api: {}; {} --help says more\n", SentenceOf(app, error), Understood(app)
    );
    return kMisused;
}

int Perform(const Chosen& chosen, notify::Settings& settings) {
    if (chosen.needs != Needs::kNothing) {
        auto read = ReadSettings();
        if (!read) {
            return Report(notify::Unexpected(read.error()));
        }
        settings = std::move(*read);
        notify::SetLogLevel(settings.log_level);
    }
    if (chosen.needs == Needs::kDatabase) {
        if (const auto usable = notify::CheckDatabase(settings.database); !usable) {
            return Report(usable);
        }
    }
    return Report(chosen.run());
}

int ParseAndRun(int argc, char** argv) {
    CLI::App app(
        "Media lands in a bucket, processors run on it, results come back, workflows are told.",
        "notifications-api"
    );
    app.set_version_flag("--version", fmt::format("notifications-api {}", notify::kVersion));
    app.require_subcommand(1);
    app.fallthrough();
    Own own;
    app.add_flag("--json", own.json, "Print JSON");
    Chosen chosen;
    Local local;
    notify::ApiClient client(own.settings, [&] { return OpenLocal(own.settings, local); });
    notify::CommandLine line(client, own.json, chosen.run);
    AddOwnCommands(app, own, chosen);
    notify::AddStateCommands(app, own.settings, own.json, [&](notify::Run run) {
        chosen = {.run = std::move(run)};
    });
    notify::AddBucketCommands(app, line);
    notify::AddSourceCommands(app, line);
    notify::AddRuleCommands(app, line);
    notify::AddItemCommands(app, line);
    notify::AddBacklogCommands(app, line);
    notify::AddPeopleCommands(app, line);
    notify::AddReviewCommands(app, line);
    notify::AddGalleryCommands(app, line);
    notify::AddWhatIfCommand(app, line);
    notify::AddWebhookCommands(app, line);
    notify::AddEventCommands(app, line);
    notify::AddMessageCommands(app, line);
    notify::AddNodeCommands(app, line);
    notify::AddPauseCommands(app, line);
    notify::AddRetentionCommands(app, line);
    notify::AddIconikCommands(app, line);
    notify::AddKeyCommands(app, line);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return ReportParse(app, error);
    }
    return Perform(chosen, own.settings);
}

int Unwritten(int number) {
    if (number == EPIPE) {
        return kNobodyReads;
    }
    std::fputs("notifications-api: standard output cannot be written: ", stderr);
    std::fputs(std::generic_category().message(number).c_str(), stderr);
    std::fputs("\n", stderr);
    return kFailed;
}

/// A standard stream that was closed is one that leads nowhere: else the next file or socket that is opened
/// would be it, and would get what is meant for people.
void OpenStandardStreams() {
    int fd = ::open("/dev/null", O_RDWR);
    while (fd >= 0 && fd <= STDERR_FILENO) {
        fd = ::dup(fd);  // the lowest that is free
    }
    ::close(fd);
}

}  // namespace

int main(int argc, char** argv) {
    OpenStandardStreams();
    notify::SayLastWords();
    // A reader that went away is the error of a write. NOLINTNEXTLINE(misc-include-cleaner): <csignal> has it
    static_cast<void>(std::signal(SIGPIPE, SIG_IGN));
    try {
        const int code = ParseAndRun(argc, argv);
        errno = 0;
        const bool written = std::cout.flush().good() && std::fflush(stdout) == 0;
        return written || code != 0 ? code : Unwritten(errno);
    } catch (const std::exception& failure) {
        const auto* const of_system = dynamic_cast<const std::system_error*>(&failure);
        if (of_system != nullptr && std::ferror(stdout) != 0) {
            return Unwritten(of_system->code().value());
        }
        std::fputs("notifications-api: ", stderr);
        std::fputs(failure.what(), stderr);
        std::fputs("\n", stderr);
        return kFailed;
    }
}
