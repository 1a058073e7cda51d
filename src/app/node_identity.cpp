#include "app/node_identity.hpp"

#include <array>
#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include <fmt/format.h>
#include <unistd.h>

#include "app/settings.hpp"
#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/file.hpp"
#include "core/result.hpp"
#include "core/ulid.hpp"
#include "domain/ids.hpp"
#include "domain/node.hpp"
#include "http/version.hpp"

namespace notify {

namespace {

constexpr std::size_t kMostOfAName = 300;

std::string HostName() {
    std::array<char, kMostOfAName / 2> host{};
    ::gethostname(host.data(), host.size() - 1);
    return host.data();
}

}  // namespace

Result<void> CheckRoles(const Settings& settings, std::string_view command) {
    if (!settings.database.host.empty() || settings.roles == Roles::All()) {
        return {};
    }
    return Fail(
        ErrorCode::kInvalidArgument,
        fmt::format(
            "{} needs a database that several nodes share, and SQLite is for one: set DATABASE_HOST to a "
            "PostgreSQL server",
            command
        )
    );
}

Node NewNode(const Settings& settings, const Clock& clock) {
    const auto now = clock.Now();
    return {
        .id = NodeId(MakeId("nod")),
        .name = HostName(),
        .host = HostName(),
        .version = std::string(kVersion),
        .roles = settings.roles,
        .workers = settings.workers,
        .reads_folders = settings.reads_folders,
        .started_at = now,
        .heard_at = now
    };
}

Result<HeldName> HoldNodeName(const std::filesystem::path& path) {
    auto lock = LockFile(path);
    if (!lock) {
        return Unexpected(lock.error());
    }
    auto name = ReadFile(path, kMostOfAName);
    if (!name || !name->empty()) {
        return name.map([&](std::string& known) {
            return HeldName{.lock = *std::move(lock), .name = std::move(known)};
        });
    }
    auto made = fmt::format("{} on {}", MakeId("nod"), HostName());
    return WriteWhole(lock->Get(), made, fmt::format("write {}", path.native())).map([&] {
        return HeldName{.lock = *std::move(lock), .name = std::move(made)};
    });
}

}  // namespace notify
