#include "app/doctor.hpp"

#include <filesystem>
#include <utility>

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "app/control_socket.hpp"
#include "app/engine.hpp"
#include "app/host_settings.hpp"
#include "storage/bucket_repository.hpp"

namespace notify {

namespace {

Finding Good(std::string what, std::string sentence) {
    return {true, std::move(what), std::move(sentence)};
}

Finding Bad(std::string what, std::string sentence) {
    return {false, std::move(what), std::move(sentence)};
}

Finding OfDotEnv() {
    struct stat status{};
    if (::stat(".env", &status) != 0) {
        return Good(".env", "there is none in this folder: defaults and the environment are used");
    }
    return (status.st_mode & 077U) != 0
               ? Bad(".env", "others may read it, and it may hold secrets; run chmod 600 .env")
               : Good(".env", "only you may read it");
}

Finding OfDisk(const std::filesystem::path& folder) {
    struct statvfs room{};
    if (::statvfs(folder.c_str(), &room) != 0) {
        return Bad("disk", fmt::format("the room in {} cannot be told", folder.native()));
    }
    const auto free_mib = room.f_bavail * room.f_frsize >> 20U;
    return free_mib < 1024
               ? Bad("disk",
                     fmt::format(
                         "{} has {} MiB free; make room, results must be stored", folder.native(), free_mib
                     ))
               : Good("disk", fmt::format("{} MiB free in {}", free_mib, folder.native()));
}

Finding OfModels(const std::filesystem::path& folder) {
    for (const auto* name : {"libfacedetection.so", "dlib_face_recognition_resnet_model_v1.dat"}) {
        if (!std::filesystem::exists(folder / name)) {
            return Bad(
                "models",
                fmt::format(
                    "{} is not in {}; run script/bootstrap, or set MODEL_FOLDER", name, folder.native()
                )
            );
        }
    }
    return Good("models", fmt::format("the face models are in {}", folder.native()));
}

Finding OfSandbox(const Settings& settings) {
    if (::access(settings.processor_program.c_str(), X_OK) != 0) {
        return Bad(
            "sandbox",
            fmt::format("{} cannot be run; set PROCESSOR_PROGRAM", settings.processor_program.native())
        );
    }
    ProcessorHost host(MakeHostSettings(settings));
    const auto report = host.Probe();
    if (!report) {
        return Bad("sandbox", report.error().message);
    }
    return report->level == "full"
               ? Good(
                     "sandbox",
                     fmt::format("full: Landlock version {}, system calls filtered", report->landlock_abi)
                 )
               : Bad("sandbox", fmt::format("only {}: {}", report->level, report->note));
}

void OfBuckets(Engine& engine, std::vector<Finding>& findings) {
    const auto buckets =
        engine.storage->Read([](const Snapshot& snapshot) { return snapshot.buckets.List(); });
    if (!buckets) {
        findings.push_back(Bad("buckets", buckets.error().message));
        return;
    }
    for (const auto& bucket : *buckets) {
        const auto what = fmt::format("bucket {}", bucket.name);
        const auto source = engine.sources->Find(bucket.kind);
        const auto checked =
            source ? (*source)->CheckBucket(bucket) : Result<void>(Unexpected(source.error()));
        if (!checked) {
            findings.push_back(Bad(what, checked.error().message));
        } else if (bucket.assignments.empty()) {
            findings.push_back(Bad(what, "no processor is chosen for it: everything in it is skipped"));
        } else {
            findings.push_back(Good(what, fmt::format("{} can be read", bucket.location)));
        }
    }
}

}  // namespace

std::vector<Finding> Examine(const Settings& settings) {
    std::vector<Finding> findings{OfDotEnv()};
    for (const auto& warning : settings.warnings) {
        findings.push_back(Bad("settings", warning));
    }
    findings.push_back(OfModels(settings.model_folder));
    findings.push_back(OfSandbox(settings));
    const auto running =
        CallService(settings.data_dir / "control.sock", {.method = "GET", .target = "/health/ready"});
    if (running) {
        findings.push_back(
            running->status == 200
                ? Good("service", "it runs and is ready")
                : Bad("service", fmt::format("it runs but is not ready: {}", running->body))
        );
        findings.push_back(OfDisk(settings.data_dir));
        return findings;
    }
    auto engine = Engine::Open(settings);
    if (!engine) {
        findings.push_back(Bad("database", engine.error().message));
        return findings;
    }
    const auto sound = (*engine)->storage->CheckIntegrity();
    findings.push_back(
        sound ? Good("database", "sound; no service runs") : Bad("database", sound.error().message)
    );
    findings.push_back(OfDisk(settings.data_dir));
    OfBuckets(**engine, findings);
    return findings;
}

}  // namespace notify
