#include "sources/registry.hpp"

#include <algorithm>
#include <array>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <fmt/ranges.h>

#include "core/clock.hpp"
#include "core/error.hpp"
#include "core/result.hpp"
#include "sources/local/local_source.hpp"
#include "sources/source.hpp"

namespace notify {

SourceRegistry::SourceRegistry(const SourceSettings& settings, const Clock& clock) {
    entries_.push_back(
        {.kind = "local", .connection = std::make_unique<LocalSource>(settings.data_dir, clock)}
    );
}

SourceRegistry::~SourceRegistry() = default;

namespace {

struct Later {
    std::string_view kind;
    std::string_view name;
};

/// Kinds that the schema and the settings know before there is a connection.
constexpr std::array<Later, 4> kLater{{
    {.kind = "iconik", .name = "ICONIK"},
    {.kind = "datacore", .name = "DATACORE Swarm"},
    {.kind = "object_matrix", .name = "OBJECT MATRIX"},
    {.kind = "s3", .name = "S3 stores"},
}};

}  // namespace

Result<SourceConnection*> SourceRegistry::Find(std::string_view kind) const {
    const auto found = std::ranges::find(entries_, kind, &Entry::kind);
    const auto* const later = std::ranges::find(kLater, kind, &Later::kind);
    if (found == entries_.end() && later != kLater.end()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format(
                "this version cannot read {} yet; it reads: {}", later->name, fmt::join(Kinds(), ", ")
            )
        );
    }
    if (found == entries_.end()) {
        return Fail(
            ErrorCode::kInvalidArgument,
            fmt::format("there is no store kind '{}'; there are: {}", kind, fmt::join(Kinds(), ", "))
        );
    }
    return found->connection.get();
}

std::vector<std::string> SourceRegistry::Kinds() const {
    std::vector<std::string> kinds;
    kinds.reserve(entries_.size());
    for (const auto& entry : entries_) {
        kinds.push_back(entry.kind);
    }
    return kinds;
}

}  // namespace notify
