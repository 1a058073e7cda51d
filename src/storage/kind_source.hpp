#pragma once

// Finding sources: the one of a kind, the one of an id or name. Above the SQL: the same for every database.

#include <string>
#include <string_view>

#include "core/clock.hpp"
#include "core/result.hpp"
#include "domain/bucket.hpp"
#include "domain/ids.hpp"
#include "domain/source.hpp"
#include "storage/storage.hpp"

namespace notify {

struct KindSource {
    SourceId id;
    bool made = false;  ///< By this call; else it was there, and keeps its configuration.
};

/// The source of that kind, made with `config` (canonical JSON) when there is none; it is named as its kind.
[[nodiscard]] Result<KindSource> SourceOfKind(
    Transaction& transaction, const std::string& kind, std::string_view config, Timestamp now
);

/// The source of that kind when there is one. kInvalidArgument when there is none, or when there are several
/// and one must be named.
[[nodiscard]] Result<Source> OnlySourceOfKind(const Snapshot& snapshot, std::string_view kind);

/// The source with that id or name. kNotFound.
[[nodiscard]] Result<Source> FindSource(const Snapshot& snapshot, std::string_view id_or_name);

}  // namespace notify
