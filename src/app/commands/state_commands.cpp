#include "app/commands/state_commands.hpp"

#include <cstdint>
#include <cstdio>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <CLI/App.hpp>
#include <CLI/Validators.hpp>
#include <fmt/core.h>
#include <sys/stat.h>

#include "app/backup/check.hpp"
#include "app/backup/make.hpp"
#include "app/backup/manifest.hpp"
#include "app/backup/restore.hpp"
#include "app/commands/command_line.hpp"
#include "app/control_socket.hpp"
#include "app/data_folder.hpp"
#include "app/engine.hpp"
#include "app/move_to_postgres.hpp"
#include "app/settings.hpp"
#include "app/stop_signal.hpp"
#include "core/clock.hpp"
#include "core/log.hpp"
#include "core/result.hpp"

namespace notify {

namespace {

/// What the commands were given.
struct Given {
    std::string to;
    std::filesystem::path place;
    bool without_key = false;
    bool only_check = false;
};

void Tell(std::string_view table, std::int64_t rows) {
    if (rows > 0) {
        fmt::print("{}: {} rows\n", table, rows);
        std::fflush(stdout);
    }
}

Result<void> BringToSchema(const Settings& settings) {
    if (CallService(
            settings.data_dir / "control.sock", {.method = "GET", .target = "/health/live", .body = {}}
        )) {
        fmt::print("the service runs; it brought the database to its schema when it started\n");
        return {};
    }
    auto of_command = settings;
    of_command.roles = {};
    return Engine::Open(of_command, NoData::kMake).map([](const auto&) {
        fmt::print("the database has the newest schema\n");
    });
}

Result<void> Migrate(const Settings& settings, const Given& given) {
    if (given.to.empty()) {
        return BringToSchema(settings);
    }
    SetLogLevel(LogLevel::kWarn);
    const StopSignal signal;
    return MoveToPostgres(settings, SystemClock(), Tell, signal.Token()).map([&] {
        fmt::print(
            "the state is in PostgreSQL at {}, compared table by table; {} is kept as {}, and neither it nor "
            "{}/ is "
            "used any more\n",
            settings.database.host,
            kDatabaseFile,
            kMovedFile,
            kArtifactsFolder
        );
    });
}

void Show(const backup::Manifest& manifest, const bool json, std::string_view done) {
    if (json) {
        fmt::print("{}", ToText(manifest));
        return;
    }
    const auto& counts = manifest.counts;
    fmt::print(
        "{}: {} items, {} processes, {} results, {} people, {} artifact files; made at {} with key {}\n",
        done,
        counts.items,
        counts.processes,
        counts.results,
        counts.people,
        manifest.artifact_files,
        ToRfc3339(manifest.made_at),
        manifest.key_id
    );
    if (const auto lost = manifest.lost_artifacts.size(); lost > 0) {
        fmt::print(
            stderr,
            "notifications-api: {} artifacts that results name were missing or damaged when it was made; {} "
            "lists "
            "them\n",
            lost,
            backup::kManifestFile
        );
    }
}

Result<void> BackUp(const Settings& settings, const Given& given, const bool json) {
    SetLogLevel(LogLevel::kWarn);
    const StopSignal signal;
    const auto keys = given.without_key ? backup::Keys::kWithout : backup::Keys::kWith;
    return backup::Make(settings, given.place, keys, SystemClock(), signal.Token())
        .map([&](const backup::Manifest& made) {
            Show(made, json, fmt::format("backed up to {}", given.place.native()));
        });
}

Result<void> Restore(const Settings& settings, const Given& given, const bool json) {
    SetLogLevel(LogLevel::kWarn);
    const StopSignal signal;
    if (given.only_check) {
        return backup::Check(given.place, signal.Token()).map([&](const backup::Manifest& whole) {
            Show(whole, json, fmt::format("{} is whole", given.place.native()));
        });
    }
    const auto tell = [&](std::string_view table, std::int64_t rows) {
        if (!json) {
            Tell(table, rows);
        }
    };
    return backup::Restore(settings, given.place, SystemClock(), tell, signal.Token())
        .map([&](const backup::Manifest& restored) {
            Show(restored, json, fmt::format("restored into {}", settings.data_dir.native()));
        });
}

}  // namespace

void AddStateCommands(
    CLI::App& app, const Settings& settings, const bool& json, const std::function<void(Run)>& choose
) {
    const auto given = std::make_shared<Given>();  // shared by the commands, as long as one of them may run
    const auto add = [&](const char* name, const char* what, const Run& run) {
        auto& command = *app.add_subcommand(name, what);
        command.callback([choose, run] {
            choose([run] {
                ::umask(0077);  // whatever is made is its owner's alone
                return run();
            });
        });
        return &command;
    };
    add("migrate",
        "Bring the database to this version's schema, or the state to another database",
        [&settings, given] { return Migrate(settings, *given); })
        ->add_option(
            "--to", given->to, "Move the state of DATA_DIR from SQLite to the empty database of DATABASE_*"
        )
        ->check(CLI::IsMember({"postgres"}));
    auto* const back_up =
        add("backup",
            "Copy database, artifacts and key as one set, while the service runs",
            [&settings, &json, given] { return BackUp(settings, *given, json); });
    back_up->add_option("folder", given->place, "The folder to make")->required();
    back_up->add_flag(
        "--without-key", given->without_key, "Leave secret.key and first-key out: they are kept apart"
    );
    auto* const restore = add("restore", "Put a backup into an empty DATA_DIR", [&settings, &json, given] {
        return Restore(settings, *given, json);
    });
    restore->add_option("folder", given->place, "The backup")->required();
    restore->add_flag("--check", given->only_check, "Only read it, and say whether it is whole");
}

}  // namespace notify
