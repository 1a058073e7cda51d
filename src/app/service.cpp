#include "app/service.hpp"

#include <condition_variable>
#include <mutex>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "app/control_socket.hpp"
#include "core/file.hpp"
#include "core/log.hpp"
#include "core/ulid.hpp"
#include "http/api.hpp"
#include "http/keys.hpp"
#include "http/openapi.hpp"
#include "http/server/server.hpp"
#include "storage/item_repository.hpp"
#include "storage/key_repository.hpp"

namespace notify {

namespace {

EnrolmentVerdict Verdict(const EnrolmentAnswer& answer) {
    EnrolmentVerdict verdict{
        .person = answer.person,
        .name = answer.name,
        .photos = static_cast<int>(answer.photos),
        .verdicts = {},
        .warnings = answer.warnings,
    };
    for (const auto& photo : answer.answers) {
        verdict.verdicts.push_back(
            {.file_name = photo.file_name,
             .accepted = photo.accepted,
             .code = photo.reason,
             .sentence = photo.sentence}
        );
    }
    return verdict;
}

/// All photos refused is a refusal of the request, with the first sentence.
Result<EnrolmentVerdict> Enrol(
    Engine& engine, std::string_view name, const std::vector<UploadedPhoto>& photos, std::string_view actor
) {
    std::vector<NewPhoto> wanted;
    for (const auto& photo : photos) {
        NewPhoto each{.file_name = photo.file_name, .bytes = photo.bytes, .face = std::nullopt};
        if (photo.face) {
            each.face = FacePoint{.x = photo.face->first, .y = photo.face->second};
        }
        wanted.push_back(std::move(each));
    }
    const auto answer = engine.enrolment->Enrol(name, wanted, actor);
    if (!answer) {
        return Unexpected(answer.error());
    }
    auto verdict = Verdict(*answer);
    if (verdict.person.IsEmpty()) {
        std::string sentences;
        for (const auto& photo : verdict.verdicts) {
            sentences +=
                fmt::format("{}{}: {}", sentences.empty() ? "" : "; ", photo.file_name, photo.sentence);
        }
        Error error{
            .code = ErrorCode::kUnsupported,
            .stage = "enrol",
            .message = "no photo was accepted: " + sentences
        };
        error.reason = verdict.verdicts.empty() ? "" : verdict.verdicts.front().code;
        return Unexpected(std::move(error));
    }
    return verdict;
}

Readiness ReadinessOf(Engine& engine) {
    Readiness readiness;
    const auto counted = engine.storage->Read([](const Snapshot& snapshot) {
        return snapshot.items.CountByStatus(BucketId());
    });
    readiness.database = counted ? "ok" : counted.error().message;
    const auto sandbox = engine.Sandbox();
    readiness.sandbox_level = sandbox ? sandbox->level : "unknown";
    readiness.sandbox_note = sandbox ? sandbox->note : sandbox.error().message;
    readiness.ready = counted.has_value() && sandbox.has_value();
    return readiness;
}

Result<bool> HasKeys(Engine& engine) {
    return engine.storage->Read(
                             [](const Snapshot& snapshot) { return snapshot.keys.List(); }
    ).map([](const auto& keys) { return !keys.empty(); });
}

Result<void> WriteFirstKey(Engine& engine) {
    const auto exists = HasKeys(engine);
    if (!exists || *exists) {
        return exists.map([](bool) {});
    }
    const auto made = CreateKey(*engine.storage, "first key", {"admin"}, "service", engine.clock.Now());
    if (!made) {
        return Unexpected(made.error());
    }
    const auto path = engine.settings.data_dir / "first-key";
    Log(LogLevel::kInfo, "the first API key was written to a file", {{"path", path.native()}});
    return WriteFileAtomically(path, made->text + "\n", 0600);
}

bool IsLoopback(std::string_view host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

}  // namespace

std::unique_ptr<Router> MakeRouter(Engine& engine) {
    auto router = std::make_unique<Router>(*engine.storage, engine.clock);
    AddRoutes(
        *router,
        {
            .storage = *engine.storage,
            .clock = engine.clock,
            .artifacts = *engine.artifacts,
            .sources = *engine.sources,
            .scheduler = *engine.scheduler,
            .items = *engine.items,
            .endpoints = *engine.endpoints,
            .replay = *engine.replay,
            .enrol =
                [&engine](
                    std::string_view name, const std::vector<UploadedPhoto>& photos, std::string_view actor
                ) { return Enrol(engine, name, photos, actor); },
            .relabel = [&engine] { engine.relabeller->Request(); },
            .nudge = [&engine] { engine.Nudge(); },
            .readiness = [&engine] { return ReadinessOf(engine); },
        }
    );
    return router;
}

ApiDispatch DispatchTo(const Router& router) {
    return [&router](const ApiCall& call) -> Result<ApiAnswer> {
        Request request;
        request.id = MakeId("req");
        request.method = call.method;
        request.body = call.body;
        request.caller = {.actor = "command line", .read = true, .write = true, .admin = true};
        if (auto target = SetTarget(request, call.target); !target) {
            return Unexpected(target.error());
        }
        auto response = router.Handle(std::move(request), true);
        return ApiAnswer{.status = response.status, .body = std::move(response.body)};
    };
}

Result<void> Serve(Engine& engine, std::stop_token stop) {
    const auto& settings = engine.settings;
    for (const auto& warning : settings.warnings) {
        Log(LogLevel::kWarn, warning);
    }
    const auto keys = HasKeys(engine);
    if (!keys || (!*keys && !IsLoopback(settings.host))) {
        return keys ? Fail(
                          ErrorCode::kForbidden,
                          fmt::format(
                              "HOST {} is reachable by others, but there is no API key yet; run: "
                              "notifications-api keys add NAME --scope admin",
                              settings.host
                          )
                      )
                    : Unexpected(keys.error());
    }
    if (auto written = WriteFirstKey(engine); !written) {
        return written;
    }
    const auto router = MakeRouter(engine);
    Server server(
        {.host = settings.host, .port = settings.port},
        [&router](Request& request) { return router->Handle(std::move(request)); },
        [&router](std::string_view method, std::string_view path) { return router->BodyLimit(method, path); }
    );
    if (auto started = server.Start(); !started) {
        return started;
    }
    auto control = ControlSocket::Listen(settings.data_dir / "control.sock", DispatchTo(*router));
    if (!control) {
        return Unexpected(control.error());
    }
    if (auto started = engine.Start(); !started) {
        return started;
    }
    const bool is_v6 = settings.host.find(':') != std::string::npos;
    const auto address =
        fmt::format("http://{}{}{}:{}", is_v6 ? "[" : "", settings.host, is_v6 ? "]" : "", server.Port());
    if (auto written = WriteFileAtomically(settings.data_dir / "address", address + "\n"); !written) {
        return written;
    }
    Log(LogLevel::kInfo, "the service is up", {{"address", address}, {"docs", address + "/docs"}});
    std::mutex mutex;
    std::condition_variable_any stopped;
    {
        std::unique_lock lock(mutex);
        stopped.wait(lock, stop, [] { return false; });
    }
    Log(LogLevel::kInfo, "stopping: running work is given its grace, then released");
    ::unlink((settings.data_dir / "address").c_str());
    server.Stop();
    control->reset();
    engine.Stop();
    Log(LogLevel::kInfo, "stopped");
    return {};
}

Result<std::string> DescribeApi() {
    Settings settings;
    settings.data_dir =
        std::filesystem::temp_directory_path() / fmt::format("notifications-api.{}", ::getpid());
    auto engine = Engine::Open(settings);
    if (!engine) {
        return Unexpected(engine.error());
    }
    auto document = OpenApiDocument(MakeRouter(**engine)->Routes());
    engine->reset();
    std::error_code ignored;
    std::filesystem::remove_all(settings.data_dir, ignored);
    return document;
}

}  // namespace notify
